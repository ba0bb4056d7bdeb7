package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// route is one row of the one table from which the router, the OpenAPI document and the tests of both are made.
type route struct {
	Method, Path string
	Action       authz.Action   // refused at the door without it; the service checks again. Empty: open to everybody
	Also         []authz.Action // each opens the door as well; the service tells them apart
	Handle       fiber.Handler
	Limit        limit
	Summary      string   // JSON routes only: they are documented
	Request      any      // zero value of the JSON body, nil when there is none
	Response     any      // zero value of the JSON answer, nil when there is none
	Produces     string   // media type of an answer that is not JSON
	Accepted     bool     // answered by 202: somebody else does the work
	Upload       bool     // multipart/form-data with a field "file"
	Fields       []string // other fields of that form
	Large        *large   // of that file, unless fileLimit and errFile
	StandsOn     string   // the page of a form, as a pattern with no other names than Path's, where that is not the nearest above it
	Common       bool     // the same for everybody: nobody is asked who they are, and no cookie goes into a cache with the answer
}

// open reports whether the door lets p in.
func (r route) open(p authz.Principal) error {
	if r.Action == "" || slices.ContainsFunc(r.Also, p.Can) {
		return nil
	}
	return p.Require(r.Action)
}

func (s *Server) routes() []route { return append(s.apiRoutes(), s.pageRoutes()...) }

func (s *Server) chain(r route) []fiber.Handler {
	locked := s.lock(r)
	door := func(c *fiber.Ctx) error {
		if err := r.open(caller(c)); err != nil {
			return s.signInFirst(c, r, err)
		}
		if err := locked(c); err != nil {
			return s.lockedOut(c, err)
		}
		for _, name := range c.Route().Params {
			if name != "token" && !plainParam(c.Params(name)) {
				return errWrongParam
			}
		}
		return c.Next()
	}
	return append(slices.Clone(s.limits[r.Limit]), door, r.Handle)
}

// plainParam tells what every id, number and code in an address looks like. A token of a QR code is anything: whatever is
// wrong with it, the verifier's answer is the same.
func plainParam(s string) bool {
	return s != "" && len(s) <= 80 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-") == ""
}

// signInFirst sends somebody who is not signed in from a page to the sign-in page, and tells programs.
func (s *Server) signInFirst(c *fiber.Ctx, r route, err error) error {
	if isAPI(c) || c.Method() != fiber.MethodGet || errs.KindOf(err) != errs.Unauthenticated {
		return err
	}
	if authz.Allowed(authz.Candidate, r.Action) {
		return c.Redirect("/exam/login", fiber.StatusSeeOther)
	}
	if authz.Allowed(authz.Applicant, r.Action) {
		return c.Redirect("/apply/login", fiber.StatusSeeOther)
	}
	return c.Redirect("/login?next="+url.QueryEscape(c.OriginalURL()), fiber.StatusSeeOther)
}

// decode reads a JSON body strictly: its type must say so, unknown fields and anything after it are refused.
func decode(c *fiber.Ctx, into any) error { return decodeUpTo(c, jsonLimit, into) }

// contentLimit bounds JSON that carries a whole list or a photo: the tasks of one level alone take some 60 KB.
const contentLimit = 2 << 20

// decodeContent is decode for such a body.
func decodeContent(c *fiber.Ctx, into any) error { return decodeUpTo(c, contentLimit, into) }

func decodeUpTo(c *fiber.Ctx, most int, into any) error {
	media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || media != fiber.MIMEApplicationJSON {
		return errMediaType
	}
	body := c.Body()
	if len(body) > most {
		return errTooLarge
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		at := errs.Undecoded(err)
		at.Name = cmp.Or(at.Name, "body")
		return errBody.WithFields(at)
	}
	if _, err := d.Token(); err != io.EOF {
		return errBody
	}
	return nil
}

// field reads a field of the form in the body. What stands in the address is no part of it: a limit counts by what it
// reads here, and nobody shall send one name to the limit and another to the gate.
func field(c *fiber.Ctx, name string) string {
	if v := c.Request().PostArgs().Peek(name); v != nil {
		return string(v)
	}
	if form, err := c.MultipartForm(); err == nil && len(form.Value[name]) > 0 {
		return form.Value[name][0]
	}
	return ""
}

// upload reads the field "file" of a form.
func upload(c *fiber.Ctx) (name string, data []byte, err error) {
	return uploadUpTo(c, fileLimit, errFile)
}

// uploadUpTo is upload for a route that takes a larger file.
func uploadUpTo(c *fiber.Ctx, most int64, tooLarge error) (name string, data []byte, err error) {
	h, err := c.FormFile("file")
	if err != nil {
		return "", nil, errBody.WithFields(errs.Field{Name: "file", Code: "missing", Msg: "请选择文件"})
	}
	if h.Size > most {
		return "", nil, tooLarge
	}
	if h.Size == 0 {
		return "", nil, errBody.WithFields(errs.Field{Name: "file", Code: "empty", Msg: "文件是空的，请重新选择"})
	}
	f, err := h.Open()
	if err != nil {
		return "", nil, errBody
	}
	defer func() { _ = f.Close() }()
	if data, err = io.ReadAll(f); err != nil {
		return "", nil, errBody
	}
	return h.Filename, data, nil
}
