package api_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type document struct {
	OpenAPI    string                          `json:"openapi"`
	Info       map[string]any                  `json:"info"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]map[string]any `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	ID         string                     `json:"operationId"`
	Summary    string                     `json:"summary"`
	Responses  map[string]json.RawMessage `json:"responses"`
	Security   *[]any                     `json:"security"`
	Parameters []struct {
		Name, In string
		Required bool
	} `json:"parameters"`
}

func (w *world) openAPI() (document, []byte) {
	w.Helper()
	r := w.program("").send("GET", "/api/v1/openapi.json", nil)
	var d document
	check(w, json.Unmarshal(r.body, &d))
	return d, r.body
}

func TestEveryJSONRouteIsDocumentedOnce(t *testing.T) {
	w := newWorld(t)
	d, _ := w.openAPI()
	param := regexp.MustCompile(`:(\w+)`)
	routes := w.server.Routes(true)
	for _, r := range routes {
		path := param.ReplaceAllString(r.Path, "{$1}")
		op, ok := d.Paths[path][strings.ToLower(r.Method)]
		if !ok {
			t.Errorf("%s %s is not in the document", r.Method, path)
			continue
		}
		if n := len(param.FindAllString(r.Path, -1)); len(op.Parameters) != n {
			t.Errorf("%s %s has %d parameters, the document %d", r.Method, path, n, len(op.Parameters))
		}
		if op.Summary == "" || op.Responses["default"] == nil || len(op.Responses) != 2 || op.Security == nil {
			t.Errorf("%s %s: %+v", r.Method, path, op)
		}
	}
	n := 0
	var ids []string
	for _, methods := range d.Paths {
		for _, op := range methods {
			n++
			ids = append(ids, op.ID)
		}
	}
	slices.Sort(ids)
	if n != len(routes) || len(slices.Compact(ids)) != n {
		t.Errorf("%d routes, %d documented under %d names", len(routes), n, len(slices.Compact(ids)))
	}
}

// TestDocumentHangsTogether holds the document to the form of OpenAPI 3.1 as far as programs depend on it: every
// reference leads somewhere, and every object of ours refuses what it does not know.
func TestDocumentHangsTogether(t *testing.T) {
	d, raw := newWorld(t).openAPI()
	if d.OpenAPI != "3.1.0" || d.Info["title"] == nil || d.Info["version"] == nil {
		t.Errorf("%s, %v", d.OpenAPI, d.Info)
	}
	for _, m := range regexp.MustCompile(`"\$ref":"([^"]+)"`).FindAllSubmatch(raw, -1) {
		name, ok := strings.CutPrefix(string(m[1]), "#/components/schemas/")
		if !ok || d.Components.Schemas[name] == nil {
			t.Errorf("%s leads nowhere", m[1])
		}
	}
	snake := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for name, s := range d.Components.Schemas {
		properties, _ := s["properties"].(map[string]any)
		for p := range properties {
			if !snake.MatchString(p) {
				t.Errorf("%s.%s is not written in snake case", name, p)
			}
		}
		if s["type"] == "object" && s["additionalProperties"] != false {
			t.Errorf("%s takes fields that it does not know", name)
		}
	}
}

// TestEveryDocumentedPathAnswers: no route is a 404 of the router, which has a code of its own.
func TestEveryDocumentedPathAnswers(t *testing.T) {
	w := newWorld(t)
	c := w.program("")
	for _, r := range w.server.Routes(true) {
		got := c.send(r.Method, address(r.Path), "{}")
		if got.problem().Code == "page.not_found" || got.status >= http.StatusInternalServerError {
			t.Errorf("%s %s: %d %s", r.Method, r.Path, got.status, got.body)
		}
	}
	got := c.send("GET", "/api/v1/nothing", nil)
	if got.status != http.StatusNotFound || got.problem().Code != "page.not_found" || got.problem().Trace == "" {
		t.Errorf("no route: %d %s", got.status, got.body)
	}
}
