package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
)

// applyRoutes are where candidates apply by themselves and the office reviews it.
func (s *Server) applyRoutes() []route {
	return []route{
		get("/offers", "", s.listOffers, "Sessions that candidates may apply for", []Offer{}),
		post("/offers/:id/requests", authz.RequestMake, s.postRequest, "Apply; the same key again is the same application", RequestEntry{}, RequestReceipt{}).limited(limitWords),
		post("/requests/sign-in", "", s.requestSignIn, "Sign in with number and recovery code of an application", RequestSignIn{}, Tokens{}).limited(limitRequest),
		get("/me/request", authz.RequestOwn, s.ownRequest, "One's own application", RequestView{}),
		route{Method: fiber.MethodPut, Path: "/me/request", Action: authz.RequestOwn, Handle: s.putRequest,
			Summary: "Change one's own application, or hand it in", Request: RequestEntry{}, Response: RequestView{}}.limited(limitWords),
		post("/me/request/withdrawal", authz.RequestOwn, s.withdrawRequest, "Withdraw one's own application; twice is harmless", Reason{}, RequestView{}),
		{Method: fiber.MethodPut, Path: "/sessions/:id/opening", Action: authz.Register, Handle: s.putOpening,
			Summary: "Open a session to candidates, or change when and where", Request: OpeningEntry{}, Response: Offer{}},
		get("/sessions/:id/requests", authz.RegisterRead, s.listRequests, "What candidates handed in, those that wait first", RequestQueue{}),
		get("/requests/:id", authz.RegisterRead, s.getRequest, "One application, masked", RequestView{}),
		post("/requests/:id/return", authz.Register, s.returnRequest, "Send an application back to be put right", RequestReturn{}, RequestView{}),
		post("/requests/:id/rejection", authz.Register, s.rejectRequest, "Refuse an application for good", Reason{}, RequestView{}),
		post("/requests/:id/acceptance", authz.Register, s.acceptRequest, "Take the applicant into the session, as a row of a roster", RequestAcceptance{}, RequestView{}),
		post("/requests/:id/abandonment", authz.Register, s.abandonRequest, "Give up an acceptance that was cut off, or complete it where it was made", nil, RequestView{}),
		post("/requests/:id/fees", authz.Register, s.recordFee, "Write down that a fee was paid, exempted or refunded", RequestFeeRecord{}, RequestView{}),
	}
}

func requestParam(c *fiber.Ctx) registration.RequestID {
	return registration.RequestID(c.Params("id"))
}

func (s *Server) listOffers(c *fiber.Ctx) error {
	all, err := s.Intake.Offers(c.UserContext())
	return giveAll(c, all, err, viewOffer)
}

func (s *Server) postRequest(c *fiber.Ctx) error {
	var in RequestEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	r, code, err := s.Intake.Apply(c.UserContext(), caller(c), c.Params("id"), in.Key, in.entry(), in.HandIn)
	if err != nil {
		return err
	}
	return c.JSON(RequestReceipt{Number: r.ID, Code: code, State: r.State})
}

func (s *Server) requestSignIn(c *fiber.Ctx) error {
	var in RequestSignIn
	if err := decode(c, &in); err != nil {
		return err
	}
	p, err := s.Intake.Recognise(c.UserContext(), plainTicket(in.Number), plainTicket(in.Code))
	if err != nil {
		return err
	}
	l, secret, err := s.Gate.Receive(c.UserContext(), p)
	return s.letIn(c, l, secret, err)
}

func (s *Server) ownRequest(c *fiber.Ctx) error {
	r, _, err := s.Intake.Own(c.UserContext(), caller(c))
	return give(c, r, err, s.viewRequest)
}

func (s *Server) putRequest(c *fiber.Ctx) error {
	var in RequestEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	r, err := s.Intake.Amend(c.UserContext(), caller(c), in.entry(), in.HandIn)
	return give(c, r, err, s.viewRequest)
}

func (s *Server) withdrawRequest(c *fiber.Ctx) error {
	var in Reason
	if err := decode(c, &in); err != nil {
		return err
	}
	r, err := s.Intake.Withdraw(c.UserContext(), caller(c), in.Reason)
	return give(c, r, err, s.viewRequest)
}

func (s *Server) putOpening(c *fiber.Ctx) error {
	var in OpeningEntry
	if err := decode(c, &in); err != nil {
		return err
	}
	terms := registration.OpeningTerms{Window: in.Window.window(), Place: in.Place, Contact: in.Contact}
	if _, err := s.Intake.Open(c.UserContext(), caller(c), c.Params("id"), terms); err != nil {
		return err
	}
	got, err := s.Intake.Offer(c.UserContext(), c.Params("id"))
	return give(c, got, err, viewOffer)
}

func (s *Server) listRequests(c *fiber.Ctx) error {
	rows, next, err := s.Intake.Queue(c.UserContext(), caller(c), c.Params("id"), cursorOf(c))
	if err != nil {
		return err
	}
	n, err := s.Intake.Tally(c.UserContext(), caller(c), c.Params("id"))
	if err != nil {
		return err
	}
	return c.JSON(RequestQueue{Requests: each(rows, s.viewRequest), Drafts: n.Drafts, Waiting: n.Waiting, All: n.All, Next: next})
}

func (s *Server) getRequest(c *fiber.Ctx) error {
	r, _, err := s.Intake.Look(c.UserContext(), caller(c), requestParam(c))
	return give(c, r, err, s.viewRequest)
}

func (s *Server) returnRequest(c *fiber.Ctx) error {
	var in RequestReturn
	if err := decode(c, &in); err != nil {
		return err
	}
	faults := each(in.Faults, func(f RequestFault) registration.Fault { return registration.Fault(f) })
	r, err := s.Intake.Return(c.UserContext(), caller(c), requestParam(c), faults)
	return give(c, r, err, s.viewRequest)
}

func (s *Server) rejectRequest(c *fiber.Ctx) error {
	var in Reason
	if err := decode(c, &in); err != nil {
		return err
	}
	r, err := s.Intake.Reject(c.UserContext(), caller(c), requestParam(c), in.Reason)
	return give(c, r, err, s.viewRequest)
}

func (s *Server) acceptRequest(c *fiber.Ctx) error {
	var in RequestAcceptance
	if err := decode(c, &in); err != nil {
		return err
	}
	r, err := s.Intake.Accept(c.UserContext(), caller(c), requestParam(c), in.IDNumber, in.Evidence)
	return give(c, r, err, s.viewRequest)
}

func (s *Server) abandonRequest(c *fiber.Ctx) error {
	r, err := s.Intake.Abandon(c.UserContext(), caller(c), requestParam(c))
	return give(c, r, err, s.viewRequest)
}

func (s *Server) recordFee(c *fiber.Ctx) error {
	var in RequestFeeRecord
	if err := decode(c, &in); err != nil {
		return err
	}
	r, err := s.Intake.Record(c.UserContext(), caller(c), requestParam(c), in.Item, in.State, in.Reference)
	return give(c, r, err, s.viewRequest)
}

// requestKey is the number that an applicant signs in with, read as the handler of the route reads it.
func requestKey(c *fiber.Ctx) string {
	number := field(c, "number")
	if isAPI(c) {
		var in RequestSignIn
		if decode(c, &in) != nil {
			return ""
		}
		number = in.Number
	}
	return plainTicket(number)
}
