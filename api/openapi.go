package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/invopop/jsonschema"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// describe writes the OpenAPI 3.1 document of the JSON routes from the same table that the router is made of.
func (s *Server) describe() ([]byte, error) {
	schemas := map[string]any{}
	paths := map[string]map[string]any{}
	for _, r := range s.apiRoutes() {
		path := fiberParam.ReplaceAllString(r.Path, "{$1}")
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(r.Method)] = operation(r, schemas)
	}
	doc := map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{"title": "skillcert", "version": s.cfg.Version,
			"description": "Exams and certificates for 健康照护师（长期照护师）. Refusals are application/problem+json."},
		"paths": paths,
		"components": map[string]any{"schemas": schemas, "securitySchemes": map[string]any{
			"bearer": map[string]any{"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
	}
	return json.Marshal(doc)
}

var fiberParam = regexp.MustCompile(`:(\w+)`)

func operation(r route, schemas map[string]any) map[string]any {
	op := map[string]any{"summary": r.Summary, "operationId": operationID(r),
		"responses": map[string]any{done(r): answer(r, schemas), "default": refusal(schemas)}}
	if r.open(authz.Anonymous()) == nil {
		op["security"] = []any{}
	} else {
		op["security"] = []any{map[string]any{"bearer": []string{}}}
		op["x-action"], op["x-roles"] = r.Action, r.roles()
	}
	if names := fiberParam.FindAllStringSubmatch(r.Path, -1); len(names) > 0 {
		op["parameters"] = parameters(names)
	}
	switch {
	case r.Upload:
		properties := map[string]any{"file": map[string]any{"type": "string", "contentMediaType": "application/octet-stream"}}
		for _, name := range r.Fields {
			properties[name] = map[string]any{"type": "string"}
		}
		op["requestBody"] = map[string]any{"required": true, "content": map[string]any{"multipart/form-data": map[string]any{
			"schema": map[string]any{"type": "object", "required": append([]string{"file"}, r.Fields...), "properties": properties}}}}
	case r.Request != nil:
		op["requestBody"] = map[string]any{"required": true, "content": map[string]any{
			fiber.MIMEApplicationJSON: map[string]any{"schema": schemaOf(r.Request, schemas)}}}
	}
	return op
}

// roles lists who may come in at the door.
func (r route) roles() []authz.Role {
	return slices.DeleteFunc(authz.Roles(), func(role authz.Role) bool { return r.open(authz.Principal{Roles: []authz.Role{role}}) != nil })
}

func done(r route) string {
	if r.Response == nil && r.Produces == "" {
		return "204"
	}
	if r.Accepted {
		return "202"
	}
	return "200"
}

func operationID(r route) string {
	words := strings.FieldsFunc(strings.TrimPrefix(r.Path, "/api/v1"), func(c rune) bool { return c == '/' || c == ':' || c == '-' || c == '.' })
	return strings.ToLower(r.Method) + "_" + strings.Join(words, "_")
}

func parameters(names [][]string) []any {
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = map[string]any{"name": n[1], "in": "path", "required": true, "schema": map[string]any{"type": "string"}}
	}
	return out
}

func answer(r route, schemas map[string]any) map[string]any {
	a := map[string]any{"description": "Done"}
	switch {
	case r.Response != nil:
		a["content"] = map[string]any{fiber.MIMEApplicationJSON: map[string]any{"schema": schemaOf(r.Response, schemas)}}
	case r.Produces != "":
		a["content"] = map[string]any{r.Produces: map[string]any{}}
	}
	return a
}

func refusal(schemas map[string]any) map[string]any {
	return map[string]any{"description": "Refused", "content": map[string]any{
		"application/problem+json": map[string]any{"schema": schemaOf(Problem{}, schemas)}}}
}

// schemaOf reflects v's JSON Schema (draft 2020-12, the one of OpenAPI 3.1) into schemas and refers to it.
func schemaOf(v any, schemas map[string]any) map[string]any {
	t := reflect.TypeOf(v)
	if t.Name() == "" && t.Kind() == reflect.Struct {
		return map[string]any{"type": "object", "additionalProperties": false} // struct{}{}: an empty object
	}
	if t.Kind() == reflect.Slice {
		return map[string]any{"type": "array", "items": schemaOf(reflect.New(t.Elem()).Elem().Interface(), schemas)}
	}
	r := jsonschema.Reflector{Anonymous: true, AllowAdditionalProperties: false, Mapper: dates}
	for name, def := range r.Reflect(v).Definitions {
		b, err := json.Marshal(def)
		if err != nil {
			continue // a schema is made of strings and numbers and always encodes
		}
		schemas[name] = json.RawMessage(strings.ReplaceAll(string(b), "#/$defs/", "#/components/schemas/"))
	}
	return map[string]any{"$ref": fmt.Sprintf("#/components/schemas/%s", t.Name())}
}

// dates says what a calendar date of the domain is in JSON: what Day is.
func dates(t reflect.Type) *jsonschema.Schema {
	if t == reflect.TypeFor[clock.Date]() {
		return Day{}.JSONSchema()
	}
	return nil
}

const typeOpenAPI = "application/vnd.oai.openapi+json;version=3.1"

func (s *Server) serveOpenAPI(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, typeOpenAPI)
	return c.Send(s.openapi)
}
