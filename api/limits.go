package api

import (
	"crypto/sha256"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/questionbank/intake/jobs"
)

// limit names a rate class of routes.
type limit string

const (
	noLimit     limit = ""
	limitSignIn limit = "sign-in" // of staff
	limitAdmit  limit = "admit"   // of candidates

	limitRequest limit = "request" // of applicants
	limitVerify  limit = "verify"
	limitNumber  limit = "number" // of certificates
	limitUpload  limit = "upload"
	limitBulk    limit = "bulk"  // of an account
	limitShare   limit = "share" // of an account
	limitTie     limit = "tie"   // of an account: what is typed is looked up among everybody who is registered
	limitFont    limit = "font"
	limitList    limit = "list"  // of an address: what is public, and costs a read of everybody in a session
	limitWords   limit = "words" // of an address: what strangers write for people to read
)

// limiters makes one counter for each class, shared by its pages and its JSON routes. They are counted per process;
// behind several processes an address gets that many times more, which a proxy in front can bound.
func (s *Server) limiters() map[limit][]fiber.Handler {
	l := s.cfg.Limits
	gate, check := s.perMinute(l.SignIn, s.network), s.perMinute(l.Verify, s.network)
	return map[limit][]fiber.Handler{
		limitSignIn:  {gate, s.perMinute(l.Name, accountKey)},
		limitAdmit:   {gate, s.perMinute(l.Name, ticketKey)},
		limitRequest: {gate, s.perMinute(l.Name, requestKey)},
		limitVerify:  {check},
		limitNumber:  {check, s.numberLimit(l.Number, l.Misses)},
		limitUpload:  {s.perMinute(l.Upload, s.network)},
		limitBulk:    {s.perMinute(l.Bulk, accountOf)},
		limitShare:   {s.perMinute(l.Share, accountOf)},
		limitTie:     {s.perMinute(l.Tie, accountOf)},
		limitWords:   {s.perMinute(l.Upload, s.network)},
		limitFont:    {s.perMinute(l.Font, s.network)},
		limitList:    {s.perMinute(l.List, s.network)},
	}
}

// perMinute refuses what comes with one key once too often in a minute.
func (s *Server) perMinute(most int, key func(*fiber.Ctx) string) fiber.Handler {
	all := minute{most: most, clock: s.clock}
	return func(c *fiber.Ctx) error {
		if _, ok := all.take(sha256.Sum256([]byte(key(c)))); !ok {
			return tooOften(c, errRateLimit)
		}
		return c.Next()
	}
}

// tooOften says when to come back: by then every counter has begun anew.
func tooOften(c *fiber.Ctx, err error) error {
	c.Set(fiber.HeaderRetryAfter, "60")
	return err
}

// large is what a route takes that takes more than the others.
type large struct {
	bytes   int // of a file
	refusal error
}

// largeImport is a workbook of the national bank.
func largeImport() large { return large{jobs.MaxFile, errImport} }

// largeRoutes finds those routes by method and path.
func largeRoutes(all []route) map[string]large {
	found := map[string]large{}
	for _, r := range all {
		if r.Large != nil {
			found[r.Method+" "+r.Path] = *r.Large
		}
	}
	return found
}

// bodyOf bounds a body before it is read. What is on no such route is held to bodyLimit.
func (s *Server) bodyOf(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
	if n := h.ContentLength(); n >= 0 && n <= bodyLimit {
		return c
	}
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	if l, ok := s.large[string(h.Method())+" "+path]; ok {
		c.MaxRequestBodySize = l.bytes + formLimit
	}
	return c
}

// tooLarge is how a body above its bound is refused.
func (s *Server) tooLarge(c *fiber.Ctx) error {
	if l, ok := s.large[c.Method()+" "+c.Path()]; ok {
		return l.refusal
	}
	return errTooLarge
}

// accountKey is the account that a sign-in of staff is tried for, read as the handler of the route reads it and brought
// to the form that accounts are known by. What the handler cannot read shares one key: it signs nobody in.
func accountKey(c *fiber.Ctx) string {
	name := field(c, "account")
	if isAPI(c) {
		var in SignIn
		if decode(c, &in) != nil {
			return ""
		}
		name = in.Login
	}
	return strings.ToLower(strings.TrimSpace(name))
}

// ticketKey is the same for candidates.
func ticketKey(c *fiber.Ctx) string {
	number := field(c, "ticket")
	if isAPI(c) {
		var in ExamSignIn
		if decode(c, &in) != nil {
			return ""
		}
		number = in.Ticket
	}
	return plainTicket(number)
}

// numberLimit bounds the checks of one number twice: those of one network, who asks too often keeping nobody else from asking;
// and those that find nothing, whoever asks, for names are not to be guessed from many addresses. A check with the right name
// counts for nothing there, so that a certificate can be shown to as many as like.
func (s *Server) numberLimit(most, mostMissed int) fiber.Handler {
	all, missed := minute{most: most, clock: s.clock}, minute{most: mostMissed, clock: s.clock}
	return func(c *fiber.Ctx) error {
		number := sha256.Sum256([]byte(askedNumber(c)))
		if _, ok := all.take(withNetwork(number, s.network(c))); !ok {
			return tooOften(c, errNumberRate)
		}
		begun, ok := missed.take(number)
		if !ok {
			return tooOften(c, errNumberRate)
		}
		err := c.Next()
		if c.Locals(localMissed) != true {
			missed.giveBack(number, begun)
		}
		return err
	}
}

func withNetwork(number [sha256.Size]byte, network string) [sha256.Size]byte {
	var room [sha256.Size + 64]byte
	return sha256.Sum256(append(append(room[:0], number[:]...), network...))
}

// noteMiss tells numberLimit that a check by number found nothing.
func noteMiss(c *fiber.Ctx, a certs.Answer, err error) {
	if err == nil && a.Certificate == nil {
		c.Locals(localMissed, true)
	}
}

// askedNumber is the number that a check asks about, in the form that certificates are known by, whether there is such a one
// or not: what is counted and refused tells nothing of the register. What cannot be read is "", of which nothing is found.
func askedNumber(c *fiber.Ctx) string {
	number := field(c, "number")
	if isAPI(c) {
		in, err := verification(c)
		if err != nil {
			return ""
		}
		number = in.Number
	}
	if n, err := certs.ParseNumber(number); err == nil {
		return string(n)
	}
	return strings.TrimSpace(number)
}
