package api

import (
	"errors"
	"log/slog"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/errs"
)

// status is the one table from kinds of refusal to HTTP. A test fails while any kind is missing.
var status = map[errs.Kind]int{
	errs.Internal:        fiber.StatusInternalServerError,
	errs.Invalid:         fiber.StatusUnprocessableEntity,
	errs.Unauthenticated: fiber.StatusUnauthorized,
	errs.Forbidden:       fiber.StatusForbidden,
	errs.NotFound:        fiber.StatusNotFound,
	errs.Conflict:        fiber.StatusConflict,
	errs.TooLarge:        fiber.StatusRequestEntityTooLarge,
	errs.TooMany:         fiber.StatusTooManyRequests,
	errs.Unavailable:     fiber.StatusServiceUnavailable,
}

// Problem is the body of every refusal, application/problem+json (RFC 9457).
type Problem struct {
	Title  string       `json:"title" jsonschema:"description=For the person, in Chinese"`
	Status int          `json:"status"`
	Code   string       `json:"code" jsonschema:"description=Stable machine word"`
	Trace  string       `json:"trace,omitempty" jsonschema:"description=What the help desk asks for"`
	Fields []errs.Field `json:"fields,omitempty" jsonschema:"description=The inputs at fault"`
	// Highest is the highest sequence on record, with attempt.sequence and attempt.gap.
	Highest *int `json:"highest,omitempty"`

	kind errs.Kind
}

const problemType = "application/problem+json; charset=utf-8"

var (
	errInternal   = errs.New(errs.Internal, "internal", "系统内部错误，请稍后重试")
	errNoPage     = errs.New(errs.NotFound, "page.not_found", "没有这个页面")
	errMethod     = errs.New(errs.Invalid, "request.method", "不支持的请求方式")
	errBody       = errs.New(errs.Invalid, "request.body", "请求内容不正确")
	errTooLarge   = errs.New(errs.TooLarge, "request.too_large", "上传内容过大")
	errRateLimit  = errs.New(errs.TooMany, "request.too_many", "操作过于频繁，请稍后再试")
	errNumberRate = errs.New(errs.TooMany, "check.number_rate", "查询这个证书编号的次数过多，请一分钟后再试，或者扫描证书上的二维码、上传证书文件核验")
	errCSRF       = errs.New(errs.Forbidden, "request.csrf", "页面已过期，请刷新后再试")
	errMediaType  = errs.New(errs.Invalid, "request.media_type", "请求内容的类型不支持")
	errFile       = errs.New(errs.TooLarge, "request.file_too_large", "文件超过 20 MB，未接收")
	errCheckFile  = errs.New(errs.TooLarge, "check.file_too_large", "文件超过 20 MB，未作核验。电子证书的原文件没有这么大：请选择持证人从本系统下载的 PDF 文件")
	errImport     = errs.New(errs.TooLarge, "request.import_too_large", "文件超过 64 MB，未接收")
	errSlow       = errs.New(errs.Unavailable, "request.slow", "请求没有在限定时间内完整到达，请检查网络后再试")
	errWrongParam = errs.New(errs.NotFound, "request.parameter", "没有这项内容")
)

// highester is a refusal that knows the highest sequence on record.
type highester interface{ HighestSeq() int }

// problem turns any error into what a client may see. An error without a kind shows nothing of itself.
func problem(err error) Problem {
	var refusal *errs.Error
	var fiberErr *fiber.Error
	if !errors.As(err, &refusal) {
		refusal = errInternal
		if errors.As(err, &fiberErr) {
			refusal = fromFiber(fiberErr)
		}
	}
	p := Problem{Title: refusal.Msg, Status: status[refusal.Kind], Code: refusal.Code, Fields: refusal.Fields, kind: refusal.Kind}
	if refusal.Kind == errs.Internal {
		p.Title, p.Fields = errInternal.Msg, nil
	}
	var h highester
	if errors.As(err, &h) {
		n := h.HighestSeq()
		p.Highest = &n
	}
	return p
}

func fromFiber(e *fiber.Error) *errs.Error {
	switch {
	case e.Code == fiber.StatusNotFound:
		return errNoPage
	case e.Code == fiber.StatusMethodNotAllowed:
		return errMethod
	case e.Code == fiber.StatusRequestEntityTooLarge:
		return errTooLarge
	case e.Code == fiber.StatusRequestTimeout, e.Code == fiber.StatusBadGateway: // the line was too slow, or broke
		return errSlow
	case e.Code >= 400 && e.Code < 500:
		return errBody
	}
	return errInternal
}

// fail answers every error: JSON under /api, a page elsewhere. What has no kind is logged once, here. It also answers
// what fasthttp refuses before any middleware runs, so it sets the headers itself.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	if errors.Is(err, fiber.ErrRequestEntityTooLarge) {
		err = s.tooLarge(c)
	}
	p := problem(err)
	p.Trace = traceOf(c)
	if p.Status >= 500 && p.Code != errSlow.Code { // nothing is wrong here when somebody's line is
		s.log.LogAttrs(c.UserContext(), slog.LevelError, "request failed", slog.String("trace", p.Trace),
			slog.String("method", c.Method()), slog.String("route", routeOf(c)), slog.String("error", err.Error()))
	}
	if p.Trace == "" {
		s.setHeaders(c)
	}
	if (p.kind == errs.Unavailable || p.kind == errs.TooMany) && len(c.Response().Header.Peek(fiber.HeaderRetryAfter)) == 0 {
		c.Set(fiber.HeaderRetryAfter, "3")
	}
	if isAPI(c) {
		return c.Status(p.Status).JSON(p, problemType)
	}
	return s.errorPage(c, p)
}
