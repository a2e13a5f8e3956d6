// Command prometheus serves Prometheus's own query API over series that a test sends, at whatever time the test asks for.
// It listens on a free local port, prints the address as its only line, and ends when stdin closes.
//
//	POST   /scenario/<id>                                     {"series":[{"labels":{…},"samples":[[seconds, value],…]}]}
//	POST   /scenario/<id>/samples                             the same body, added to what is there
//	DELETE /scenario/<id>
//	*      /scenario/<id>/at/<unix seconds>/api/v1/query      the path's time replaces the request's own
//
// A value is a number, null for the staleness marker, one of "NaN", "+Inf", "-Inf", or a native histogram as promtool writes it:
// "{{schema:0 count:3 sum:2 buckets:[1 2]}}".
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	remoteapi "github.com/prometheus/client_golang/exp/api/remote"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/common/route"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	v1 "github.com/prometheus/prometheus/web/api/v1"
)

// The defaults of Prometheus's command line (cmd/prometheus/main.go): --query.lookback-delta, --query.max-samples, --query.timeout,
// and global.evaluation_interval, which is also the default step of a subquery.
const (
	lookback           = 5 * time.Minute
	maxSamples         = 50_000_000
	queryTimeout       = 2 * time.Minute
	evaluationInterval = time.Minute
)

type series struct {
	Labels  map[string]string `json:"labels"`
	Samples []sample          `json:"samples"`
}

type sample struct {
	millis    int64
	value     float64
	histogram *histogram.FloatHistogram
}

func (s *sample) UnmarshalJSON(text []byte) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(text, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("a sample is [seconds, value], not %s", text)
	}
	var seconds float64
	if err := json.Unmarshal(pair[0], &seconds); err != nil {
		return err
	}
	s.millis = int64(math.Round(seconds * 1000))
	var v any
	if err := json.Unmarshal(pair[1], &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		s.value = math.Float64frombits(value.StaleNaN)
	case float64:
		s.value = v
	case string:
		var err error
		if strings.HasPrefix(v, "{{") {
			s.histogram, err = parseHistogram(v)
		} else {
			s.value, err = strconv.ParseFloat(v, 64)
		}
		return err
	default:
		return fmt.Errorf("%s is no sample value", pair[1])
	}
	return nil
}

func parseHistogram(text string) (*histogram.FloatHistogram, error) {
	_, values, err := parser.NewParser(parser.Options{}).ParseSeriesDesc("x " + text)
	if err != nil {
		return nil, err
	}
	if len(values) != 1 || values[0].Histogram == nil {
		return nil, fmt.Errorf("%s is no histogram", text)
	}
	return values[0].Histogram, nil
}

type scenario struct {
	db  *tsdb.DB
	dir string
	api http.Handler
}

// newScenario stores the series in a database of their own: one block, no log, as wide as any test.
func newScenario(engine promql.QueryEngine, all []series) (*scenario, error) {
	dir, err := os.MkdirTemp("", "oracle-prometheus")
	if err != nil {
		return nil, err
	}
	options := tsdb.DefaultOptions()
	options.MinBlockDuration = (1000 * 24 * time.Hour).Milliseconds()
	options.MaxBlockDuration = options.MinBlockDuration
	options.RetentionDuration = 0
	options.WALSegmentSize = -1
	options.NoLockfile = true
	db, err := tsdb.Open(dir, nil, nil, options, tsdb.NewDBStats())
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	db.DisableCompactions()
	s := &scenario{db: db, dir: dir, api: newAPI(engine, db)}
	if err := s.append(all); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// append writes in the order of time, since a sample older than the head's block is out of bounds.
func (s *scenario) append(all []series) error {
	type point struct {
		sample
		series int
	}
	var points []point
	names := make([]labels.Labels, len(all))
	for i, one := range all {
		names[i] = labels.FromMap(one.Labels)
		for _, sample := range one.Samples {
			points = append(points, point{sample, i})
		}
	}
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Compare(a.millis, b.millis) })
	refs := make([]storage.SeriesRef, len(all))
	appender := s.db.Appender(context.Background())
	for _, p := range points {
		ref, err := appendPoint(appender, refs[p.series], names[p.series], p.sample)
		if err != nil {
			return errors.Join(fmt.Errorf("%s at %d ms: %w", names[p.series], p.millis, err), appender.Rollback())
		}
		refs[p.series] = ref
	}
	return appender.Commit()
}

func appendPoint(appender storage.Appender, ref storage.SeriesRef, name labels.Labels, s sample) (storage.SeriesRef, error) {
	if s.histogram != nil {
		return appender.AppendHistogram(ref, name, s.millis, nil, s.histogram)
	}
	return appender.Append(ref, name, s.millis, s.value)
}

func (s *scenario) close() error {
	return errors.Join(s.db.Close(), os.RemoveAll(s.dir))
}

// newAPI is Prometheus's own HTTP API with nothing behind it but the query engine and the database.
func newAPI(engine promql.QueryEngine, db storage.SampleAndChunkQueryable) http.Handler {
	api := v1.NewAPI(
		engine, db, nil, nil, nil,
		func(context.Context) v1.ScrapePoolsRetriever { return nil },
		func(context.Context) v1.TargetRetriever { return nil },
		func(context.Context) v1.AlertmanagerRetriever { return nil },
		func() config.Config { return config.Config{} },
		nil, v1.GlobalURLOptions{},
		func(f http.HandlerFunc) http.HandlerFunc { return f },
		nil, "", false, false, 0,
		promslog.NewNopLogger(),
		func(context.Context) v1.RulesRetriever { return nil },
		0, 0, 0, false,
		nil,
		func() (v1.RuntimeInfo, error) { return v1.RuntimeInfo{}, errors.New("not here") },
		&v1.PrometheusVersion{}, nil, nil,
		prometheus.NewRegistry(), nil, nil,
		false, remoteapi.MessageTypes{}, false, false, false, false,
		lookback, false, false, nil, nil, v1.OpenAPIOptions{}, nil,
	)
	router := route.New()
	api.Register(router)
	return router
}

type server struct {
	engine    promql.QueryEngine
	mutex     sync.RWMutex
	scenarios map[string]*scenario
}

// put replaces the scenario of that id; nil only drops it.
func (s *server) put(id string, next *scenario) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	before := s.scenarios[id]
	delete(s.scenarios, id)
	if next != nil {
		s.scenarios[id] = next
	}
	if before == nil {
		return nil
	}
	return before.close()
}

func (s *server) load(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Series []series `json:"series"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	next, err := newScenario(s.engine, body.Series)
	if err == nil {
		err = s.put(r.PathValue("id"), next)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (s *server) add(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Series []series `json:"series"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	scenario := s.scenarios[r.PathValue("id")]
	if scenario == nil {
		http.Error(w, "no such scenario", http.StatusNotFound)
		return
	}
	if err := scenario.append(body.Series); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (s *server) drop(w http.ResponseWriter, r *http.Request) {
	if err := s.put(r.PathValue("id"), nil); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (s *server) query(w http.ResponseWriter, r *http.Request) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	scenario := s.scenarios[r.PathValue("id")]
	if scenario == nil {
		http.Error(w, "no such scenario", http.StatusNotFound)
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Form.Set("time", r.PathValue("at"))
	r.URL.Path = "/" + r.PathValue("path")
	scenario.api.ServeHTTP(w, r)
}

func main() {
	s := &server{
		engine: promql.NewEngine(promql.EngineOpts{
			Logger:                   promslog.NewNopLogger(),
			MaxSamples:               maxSamples,
			Timeout:                  queryTimeout,
			LookbackDelta:            lookback,
			NoStepSubqueryIntervalFn: func(int64) int64 { return evaluationInterval.Milliseconds() },
			EnableAtModifier:         true,
			EnableNegativeOffset:     true,
			Parser:                   parser.NewParser(parser.Options{}),
		}),
		scenarios: map[string]*scenario{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /scenario/{id}", s.load)
	mux.HandleFunc("POST /scenario/{id}/samples", s.add)
	mux.HandleFunc("DELETE /scenario/{id}", s.drop)
	mux.HandleFunc("/scenario/{id}/at/{at}/api/v1/{path...}", s.query)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	go func() { log.Fatal(http.Serve(listener, mux)) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
	for id := range s.scenarios {
		if err := s.put(id, nil); err != nil {
			log.Print(err)
		}
	}
}
