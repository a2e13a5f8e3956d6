package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	flaggerv1 "github.com/fluxcd/flagger/pkg/apis/flagger/v1beta1"
	"github.com/fluxcd/flagger/pkg/loadtester"
)

// A world is everything outside the cluster, as an HTTP proxy: Flagger and the commands of its load tester go through it, so that
// documents keep their own addresses. Requests for a query of Prometheus go to the scenario at the simulated time, those for the load
// tester's host to Flagger's own load tester, those for a scripted hook are answered by the script. It leaves loopback alone, as every
// proxy does.
type world struct {
	tester http.HandlerFunc

	mutex sync.Mutex
	outside
	now    int64
	asked  []question
	hooks  []hookCall
	called map[string]int
}

// outside is what a request says of the world.
type outside struct {
	// Address of a scenario; /at/<unix seconds> is appended. Empty where no source answers.
	Address string `json:"address"`
	// LoadTester is the host that webhooks name.
	LoadTester string `json:"loadtester"`
	// Hooks by URL: A approves and R refuses, one for each call; the last one repeats.
	Hooks map[string]string `json:"hooks"`
	// Answers by query, one number for each time it is asked, the last one repeats; "none" is an empty vector, "error" a bad query.
	Answers map[string][]string `json:"answers"`
	// Down are stretches in unix seconds in which the source does not answer.
	Down []struct{ From, To int64 } `json:"down"`
}

// A question is what the metrics source was asked.
type question struct {
	Address string              `json:"address"`
	Query   string              `json:"query"`
	Headers map[string][]string `json:"headers"`
}

// A hookCall is a webhook's call and what it answered.
type hookCall struct {
	URL    string                `json:"url"`
	Phase  flaggerv1.CanaryPhase `json:"phase"`
	Status int                   `json:"status"`
	Said   string                `json:"said,omitempty"`
}

var theWorld = &world{}

// listen must come before the first request: Go reads the proxy's address once.
func (w *world) listen() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	logger := zap.NewNop().Sugar()
	w.tester = loadtester.HandleNewTask(logger, loadtester.NewTaskRunner(logger, time.Minute), loadtester.NewAuthorizer(nil))
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	// curl reads the name in small letters only.
	for _, name := range []string{"HTTP_PROXY", "http_proxy"} {
		if err := os.Setenv(name, "http://"+listener.Addr().String()); err != nil {
			return err
		}
	}
	go func() { _ = http.Serve(listener, w) }()
	return nil
}

// become forgets what was asked before.
func (w *world) become(next outside, now int64) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.outside, w.now, w.called = next, now, map[string]int{}
	w.asked, w.hooks = nil, nil
}

func (w *world) moveTo(now int64) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.now = now
}

// take is what was asked and called since the last time.
func (w *world) take() ([]question, []hookCall) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	asked, hooks := append([]question{}, w.asked...), append([]hookCall{}, w.hooks...)
	w.asked, w.hooks = nil, nil
	return asked, hooks
}

// turn counts the calls of one thing and is the index of this one, at most the last.
func (w *world) turn(key string, last int) int {
	turn := min(w.called[key], last)
	w.called[key]++
	return turn
}

func (w *world) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if r.URL.Host == "" {
		http.Error(out, "this is a proxy for http:// only", http.StatusBadGateway)
		return
	}
	if before, api, ok := strings.Cut(r.URL.Path, "/api/v1/"); ok {
		w.askSource(out, r, fmt.Sprintf("http://%s%s", r.URL.Host, before), api)
		return
	}
	w.callHook(out, r)
}

func (w *world) askSource(out http.ResponseWriter, r *http.Request, address, api string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	query := queryOf(r, body)
	w.mutex.Lock()
	w.asked = append(w.asked, question{Address: address, Query: query, Headers: r.Header.Clone()})
	answers, scripted := w.Answers[query]
	var scriptedAnswer string
	if scripted {
		scriptedAnswer = answers[w.turn(query, len(answers)-1)]
	}
	target, down := fmt.Sprintf("%s/at/%d/api/v1/%s?%s", w.Address, w.now, api, r.URL.RawQuery), w.isDown()
	w.mutex.Unlock()
	switch {
	case down:
		http.Error(out, "the source does not answer", http.StatusServiceUnavailable)
	case scripted:
		answerQuery(out, scriptedAnswer)
	default:
		forward(out, r, target, body)
	}
}

func (w *world) isDown() bool {
	for _, stretch := range w.Down {
		if w.now >= stretch.From && w.now < stretch.To {
			return true
		}
	}
	return w.Address == "" && w.Answers == nil
}

func queryOf(r *http.Request, body []byte) string {
	if query := r.URL.Query().Get("query"); query != "" {
		return query
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return ""
	}
	return form.Get("query")
}

// answerQuery writes an answer as Prometheus would.
func answerQuery(out http.ResponseWriter, value string) {
	out.Header().Set("Content-Type", "application/json")
	switch value {
	case "error":
		out.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(out, `{"status":"error","errorType":"bad_data","error":"scripted"}`)
	case "none":
		_, _ = io.WriteString(out, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
	default:
		_, _ = fmt.Fprintf(out, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[0,%q]}]}}`, value)
	}
}

func forward(out http.ResponseWriter, r *http.Request, target string, body []byte) {
	request, err := http.NewRequestWithContext(r.Context(), r.Method, target, bytes.NewReader(body))
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadGateway)
		return
	}
	request.Header.Set("Content-Type", r.Header.Get("Content-Type"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	out.Header().Set("Content-Type", response.Header.Get("Content-Type"))
	out.WriteHeader(response.StatusCode)
	_, _ = io.Copy(out, response.Body)
}

func (w *world) callHook(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	var payload flaggerv1.CanaryWebhookPayload
	_ = json.Unmarshal(body, &payload)
	address := r.URL.String()
	w.mutex.Lock()
	script, scripted := w.Hooks[address]
	approved := scripted && script[w.turn(address, len(script)-1)] == 'A'
	isTester := r.URL.Host == w.LoadTester
	w.mutex.Unlock()

	answer := httptest.NewRecorder()
	switch {
	case scripted && approved:
		answer.WriteHeader(http.StatusOK)
	case scripted:
		http.Error(answer, "refused", http.StatusForbidden)
	case isTester:
		// Its commands come back to this proxy, so nothing is locked here.
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		w.tester(answer, again)
	default:
		http.Error(answer, "nobody is at "+r.URL.Host, http.StatusBadGateway)
	}
	said := answer.Body.String()
	w.mutex.Lock()
	w.hooks = append(w.hooks, hookCall{URL: address, Phase: payload.Phase, Status: answer.Code, Said: said})
	w.mutex.Unlock()
	out.WriteHeader(answer.Code)
	_, _ = io.WriteString(out, said)
}
