/** Each verdict is promtool's: `test/oracle/go-template.oracle.ts` asks it about the same texts. */
export const GOOD = [
  "plain words, 5 % and {one} brace",
  "}} alone is text",
  "{{ $labels.instance }} of {{ .Labels.job }} is at {{ $value | humanizePercentage }}",
  '{{ "{{" }} and {{ "}}" }}',
  '{{ printf "%.2f" $value }}',
  "{{- if gt $value 0.5 -}} much {{ else if eq $value 0.1 }} some {{ else }} little {{ end }}",
  '{{ range query "up" }}{{ .Labels.instance }}={{ .Value }}{{ end }}',
  '{{ with query "up" }}{{ . | first | value | humanize }}{{ end }}',
  "{{ $x := 5 }}{{ $x }}",
  '{{ range $i, $e := query "up" }}{{ $i }}{{ end }}',
  "{{/* a comment */}}",
  "{{ `raw` }} {{ $externalLabels.cluster }} {{ externalURL }}",
  '{{ (query "up" | first).Labels.job }}',
] as const;

export const BAD = [
  "{{ bad",
  "{{ nope }}",
  "{{ $zz }}",
  "{{ foo }} and more",
  "x {{ y",
  "{{ if $value }} no end",
  "{{ end }}",
  "{{ else }}",
  "{{}}",
  "{{ ( $value }}",
  '{{ "open }}',
  "{{ ~ }}",
  "{{ $x }}{{ $x := 5 }}",
] as const;
