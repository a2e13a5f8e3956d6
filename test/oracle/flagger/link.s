// Functions without a body (link.go) are only allowed in a package that has an assembly file.
