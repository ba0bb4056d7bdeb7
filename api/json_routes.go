package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs/vcjwt"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/questionbank/intake"
)

// apiRoutes are the JSON routes, by room.
func (s *Server) apiRoutes() []route {
	var all []route
	for _, room := range [][]route{s.signRoutes(), s.examRoutes(), s.sittingRoutes(), s.practicalRoutes(), s.concordanceRoutes(), s.sealRoutes(), s.resultRoutes(),
		s.bankRoutes(), s.bankContentRoutes(), s.statisticsRoutes(), s.certificateRoutes(), s.houseRoutes(), s.planRoutes(), s.trainingRoutes()} {
		all = append(all, room...)
	}
	all = append(all, s.drawRoutes()...)
	all = append(all, s.correctionRoutes()...)
	all = append(all, s.orderRoutes()...)
	all = append(all, s.handInRoutes()...)
	all = append(all, s.receiptRoutes()...)
	all = append(all, s.registerRoutes()...)
	all = append(all, s.layoutRoutes()...)
	all = append(all, s.awardRoutes()...)
	all = append(all, s.recognitionRoutes()...)
	all = append(all, s.matterRoutes()...)
	all = append(all, s.archiveRoutes()...)
	all = append(all, s.applyRoutes()...)
	all = append(all, s.trainingListRoutes()...)
	all = append(all, s.needRoutes()...)
	all = append(all, s.controlRoutes()...)
	all = append(all, s.selectionRoutes()...)
	for i := range all {
		all[i].Path = "/api/v1" + all[i].Path
	}
	return all
}

func get(path string, a authz.Action, h fiber.Handler, summary string, response any) route {
	return route{Method: fiber.MethodGet, Path: path, Action: a, Handle: h, Summary: summary, Response: response}
}

func post(path string, a authz.Action, h fiber.Handler, summary string, request, response any) route {
	return route{Method: fiber.MethodPost, Path: path, Action: a, Handle: h, Summary: summary, Request: request, Response: response}
}

func (r route) limited(l limit) route             { r.Limit = l; return r }
func (r route) produces(media string) route       { r.Produces = media; return r }
func (r route) upload(fields ...string) route     { r.Upload, r.Fields = true, fields; return r }
func (r route) upTo(l large) route                { r.Large = &l; return r }
func (r route) accepted() route                   { r.Accepted = true; return r }
func (r route) on(page string) route              { r.StandsOn = page; return r }
func (r route) common() route                     { r.Common = true; return r }
func (r route) also(others ...authz.Action) route { r.Also = others; return r }

func (s *Server) signRoutes() []route {
	return []route{
		post("/sign-in", "", s.signIn, "Sign in with an account", SignIn{}, Tokens{}).limited(limitSignIn),
		post("/exam/sign-in", "", s.examSignIn, "Sign in with an admission ticket", ExamSignIn{}, Tokens{}).limited(limitAdmit),
		post("/refresh", "", s.refresh, "Go on with a sign-in", Refresh{}, Tokens{}),
		post("/sign-out", "", s.signOut, "End the sign-in at once", nil, nil),
		get("/me", "", s.me, "Who the token stands for", Me{}),
		get("/openapi.json", "", s.serveOpenAPI, "This document", nil).produces(typeOpenAPI),
	}
}

func (s *Server) examRoutes() []route {
	return []route{
		get("/attempts/:id", authz.AttemptSit, s.receipt, "One's own attempt and its receipt", Receipt{}),
		get("/attempts/:id/paper", authz.AttemptSit, s.openPaper, "Open one's own paper; the first time starts the attempt", Paper{}),
		post("/attempts/:id/paper", authz.AttemptSit, s.takePaper, "Open one's own paper in a window, which writes from then on", TakePaper{}, Paper{}),
		post("/attempts/:id/pulse", authz.AttemptSit, s.pulse, "Say where the page is and wait for news", Pulse{}, Clock{}),
		get("/attempts/:id/clock", authz.AttemptSit, s.examClock, "The server's time and what may be done now", Clock{}),
		post("/attempts/:id/responses", authz.AttemptSit, s.respond, "Save one change of an answer", Response{}, Saved{}),
		post("/attempts/:id/activities", authz.AttemptSit, s.observeActivities, "Tell what the page observed; nothing is decided by it", Activities{}, Count{}),
		post("/attempts/:id/submission", authz.AttemptSit, s.submit, "Hand in; twice is harmless", Submission{}, Receipt{}),
		get("/attempts/:id/draw-receipt", authz.AttemptSit, s.drawReceipt, "Proof that the form is the one drawn for its seat, after the reveal of the draw", nil).
			also(authz.FormsDraw).produces(fiber.MIMEApplicationJSON).limited(limitVerify),
		get("/me/result", authz.ResultOwn, s.ownResult, "One's own result, once published", OwnResult{}),
		get("/me/certificate", authz.ResultOwn, s.ownCertificate, "One's own certificate", nil).produces(typePDF),
		get("/me/certificate/exports/:profile", authz.ResultOwn, s.exportOwn, "One's own certificate as a signed credential", nil).produces(vcjwt.MediaType),
		get("/me/certificate/shares", authz.ResultOwn, s.listShares, "Links to one's own certificate that have not ended", []Share{}),
		post("/me/certificate/shares", authz.ResultOwn, s.postShare, "Make a link to one's own certificate for so many days", ShareEntry{}, Share{}).limited(limitShare),
		post("/me/certificate/shares/end", authz.ResultOwn, s.endShare, "End a link at once; twice is harmless", ShareEnd{}, nil),
	}
}

func (s *Server) sittingRoutes() []route {
	return []route{
		get("/sessions", authz.PlanRead, s.listSessions, "Sessions of one's body", []Session{}),
		get("/sessions/:id", authz.PlanRead, s.getSession, "One session", Session{}),
		get("/sessions/:id/seats", authz.RoomRead, s.listSeats, "Seats of a session", []Seat{}),
		get("/sessions/:id/activities", authz.RoomRead, s.countActivities, "How much the exam pages of each candidate observed", []ActivityCount{}),
		get("/sessions/:id/seats/:ticket/activities", authz.RoomRead, s.listActivities, "What the exam pages of one candidate observed", []SeenActivity{}),
		{Method: fiber.MethodPut, Path: "/sessions/:id/lockdown", Action: authz.PlanWrite, Handle: s.putLockdown,
			Summary: "Say in which browsers the theory paper may be sat, until its window is over", Request: LockdownEntry{}, Response: LockdownEntry{}},
		post("/sessions/:id/rooms/:room/check-in", authz.RoomRun, s.checkIn, "Check a candidate in", CheckIn{}, Seat{}),
		post("/sessions/:id/rooms/:room/misconduct", authz.RoomRun, s.voidSeat, "End a candidate's sitting for misconduct", Misconduct{}, Seat{}),
		post("/sessions/:id/rooms/:room/release", authz.RoomRun, s.release, "Let everybody checked in begin", nil, Count{}),
		post("/sessions/:id/rooms/:room/moves", authz.RoomRun, s.moveSeat, "Give a candidate another seat of the room", SeatMove{}, Seat{}),
		post("/sessions/:id/late-admissions", authz.PlanWrite, s.admitLate, "Let a candidate be checked in after the late limit", LateAdmission{}, Seat{}),
		get("/sessions/:id/rooms/:room/sheets/:kind", authz.PlanWrite, s.downloadSheet, "A paper of the room: tickets, door, register, record or labels", nil).
			also(authz.RoomRun).produces(typePDF),
	}
}

func (s *Server) practicalRoutes() []route {
	return []route{
		get("/assessments", authz.SheetScore, s.listAssessments, "One's own assessments", []Assessment{}),
		get("/assessments/:id/sheet", authz.SheetScore, s.getSheet, "One's own score sheet", Sheet{}),
		{Method: fiber.MethodPut, Path: "/assessments/:id/sheet", Action: authz.SheetScore, Handle: s.putSheet,
			Summary: "Replace one's own score sheet", Request: SheetEdit{}, Response: Sheet{}},
		post("/assessments/:id/signature", authz.SheetScore, s.signSheet, "Sign one's own score sheet", Signature{}, Sheet{}),
		get("/sessions/:id/assessments", authz.PracticalRead, s.listStandings, "Where the candidates stand, for the leader", []PracticalStanding{}),
		post("/assessments/:id/standing", authz.PracticalRun, lead(s.recordStanding), "Record an absence or an exclusion, or take it back",
			StandingEdit{}, LedAssessment{}),
		post("/assessments/:id/extension", authz.PracticalRun, lead(s.extend), "Open the sheets until the end of the day", Extension{}, LedAssessment{}),
		post("/assessments/:id/substitution", authz.PracticalRun, lead(s.substitute), "Put another examiner in the place of one", Substitution{}, LedAssessment{}),
		post("/assessments/:id/correction", authz.PracticalRun, lead(s.correctSheet), "Let an examiner correct a signed sheet by a new one",
			SheetCorrectionEntry{}, LedAssessment{}),
		post("/assessments/:id/correction-withdrawal", authz.PracticalRun, lead(s.withdrawCorrection), "Take back a correction that is not signed",
			SheetCorrectionEntry{}, LedAssessment{}),
		post("/assessments/:id/ruling", authz.PracticalRun, lead(s.rule), "Rule on a disputed assessment", Ruling{}, LedAssessment{}),
	}
}

func (s *Server) sealRoutes() []route {
	var all []route
	for _, k := range []struct {
		engine.Component
		seal authz.Action
	}{{engine.Theory, authz.TheorySeal}, {engine.Practical, authz.PracticalSeal}} {
		path := "/sessions/:id/seals/" + string(k.Component)
		all = append(all,
			get(path, authz.PlanRead, s.getSeal(k.Component), "The seal of the component", Seal{}),
			post(path, k.seal, s.seal(k.Component), "Seal the component", nil, Seal{}),
			post(path+"/witness", authz.SealWitness, s.witness(k.Component), "Witness the seal", Witness{}, Seal{}))
	}
	return all
}

func (s *Server) resultRoutes() []route {
	return []route{
		get("/sessions/:id/results", authz.ResultRead, s.listResults, "Results of a session", []Result{}),
		post("/sessions/:id/results", authz.ResultJoin, s.publish(s.Board.Join), "Join the two sealed components", nil, Publication{}),
		post("/sessions/:id/publicity", authz.ResultPublish, s.publish(s.Board.Publish), "Open the results to the public", nil, Publication{}),
		post("/sessions/:id/final", authz.ResultPublish, s.publish(s.Board.Finalize), "End the publicity", nil, Publication{}),
	}
}

func (s *Server) bankRoutes() []route {
	return []route{
		get("/bank/releases", authz.BlueprintRead, s.listReleases, "Releases of the bank", []Release{}),
		get("/bank/items", authz.BankRead, s.listItems, "Items, filtered by q, level, type, state and province", ItemPage{}),
		get("/bank/queue", authz.BankMedical, s.listQueue, "Supplement items that wait for one's authority", Queue{}).also(authz.BankLabour),
		post("/bank/items/:code/review", authz.BankReview, s.decide(s.Bank.Review), "Pass an item in the internal review", Decision{}, Item{}),
		post("/bank/items/:code/consent", authz.BankMedical, s.decide(s.Bank.Consent), "Consent to a supplement item", Decision{}, Item{}).
			also(authz.BankLabour),
		post("/bank/items/:code/refusal", authz.BankMedical, s.refuseItem, "Send an item back to its author", Decision{}, Item{}).
			also(authz.BankLabour, authz.BankReview),
	}
}

func (s *Server) certificateRoutes() []route {
	return []route{
		post("/verification", authz.CertVerify, s.verifyNumber, "Check a certificate by number and name", Verification{}, Answer{}).common().limited(limitNumber),
		post("/verification/file", authz.CertVerify, s.verifyFile, "Check a sealed document", nil, Answer{}).common().upload().limited(limitUpload),
		get("/verification/:token", authz.CertVerify, s.verifyToken, "Check a certificate by the token of its QR code", Answer{}).common().limited(limitVerify),
		post("/verification/roster", authz.CertBulk, s.bulkCheck, "Check a roster of names and numbers: the same workbook comes back with what each is worth", nil, nil).
			upload().produces(typeXLSX).limited(limitBulk),
		get("/shares/:token", authz.CertVerify, s.verifyShare, "Check a certificate by a link of its holder", Answer{}).common().limited(limitVerify),
	}
}

// bankContentRoutes fill the bank and publish from it.
func (s *Server) bankContentRoutes() []route {
	return []route{
		get("/bank/tables/:level", authz.BankRead, s.getTable, "The working element table of a level", ElementTable{}),
		{Method: fiber.MethodPut, Path: "/bank/tables/:level", Action: authz.BankImport, Handle: s.putTable,
			Summary: "Replace the working element table of a level", Request: ElementTable{}, Response: Count{}},
		get("/bank/tasks/:level", authz.BankRead, s.listTasks, "Practical tasks of a level, by name", []TaskRow{}),
		post("/bank/tasks", authz.BankImport, s.importTasks, "Bring practical tasks in; those of the same code are replaced", []Task{}, Count{}),
		get("/bank/items/:code", authz.BankEdit, s.getItem, "An item with its key and history", ItemText{}).also(authz.BankReview, authz.BankFile),
		get("/bank/imports", authz.BankImport, s.listImports, "The newest imports", []ImportJob{}),
		post("/bank/imports", authz.BankImport, s.postImport, "Have a file of items read and compared; fields level and province and point and difficulty say what it does not", nil, ImportJob{}).
			upload().upTo(largeImport()).limited(limitUpload),
		get("/bank/imports/:id", authz.BankImport, s.getImport, "One import", ImportJob{}),
		post("/bank/imports/:id/decisions", authz.BankImport, s.decideImport, "Decide on duplicates and faults and compare again", intake.Decisions{}, ImportJob{}),
		post("/bank/imports/:id/commit", authz.BankImport, s.runImport, "Write what the import says; twice is harmless", nil, ImportJob{}),
		post("/bank/drafts", authz.BankImport, s.draftItem, "Write a new item", NewItem{}, Item{}),
		post("/bank/images", authz.BankEdit, s.putImage, "Store a picture for items; the same again is harmless", nil, Image{}).
			also(authz.BankImport).upload(),
		get("/bank/items/:code/changes", authz.BankRead, s.itemChanges, "What differs between two versions that from and to name", []ItemChange{}),
		post("/bank/items/:code/versions", authz.BankEdit, s.editItem, "Write the next version of an item", ItemEdit{}, Item{}),
		post("/bank/items/:code/filings", authz.BankFile, s.fileItem, "Record a national filing number", ItemFiling{}, Item{}),
		post("/bank/items/:code/filings/correction", authz.BankFile, s.correctFiling, "Put the right filing number in the place of a wrong one, until a release holds the item", FilingCorrection{}, Item{}),
		post("/bank/items/:code/suspension", authz.BankPublish, s.keepItem(s.Bank.Suspend), "Keep an item out of releases to come", Reason{}, Item{}),
		post("/bank/items/:code/resumption", authz.BankPublish, s.keepItem(s.Bank.Resume), "Take a suspension back that somebody else made", Reason{}, Item{}),
		post("/bank/items/:code/retirement", authz.BankPublish, s.keepItem(s.Bank.Retire), "End an item for good", Reason{}, Item{}),
		get("/bank/preview", authz.BankPublish, s.previewRelease, "What publishing the release with this id and base and province would freeze now", ReleasePreview{}),
		get("/bank/releases/:id/difference", authz.BankRead, s.compareReleases, "What a release has other than the one that with names", ReleaseDifference{}),
		post("/bank/releases", authz.BankPublish, s.publishRelease, "Publish a release", ReleaseEntry{}, Release{}),
		post("/bank/releases/:id/withdrawal", authz.BankPublish, s.withdrawRelease, "End the drawing from a release", Reason{}, Release{}),
		get("/bank/blueprints", authz.BlueprintRead, s.listBlueprints, "Blueprints", []Blueprint{}),
		post("/bank/blueprints", authz.BankPublish, s.publishBlueprint, "Prove a blueprint against its release and publish it", Blueprint{}, Blueprint{}),
	}
}

// houseRoutes are bodies, persons, sign-ins and ties.
func (s *Server) houseRoutes() []route {
	return []route{
		get("/organisations", authz.OrgRead, s.listOrganisations, "Bodies", OrganisationPage{}),
		post("/organisations/:id/control", authz.OrgFile, s.stateBehind, "State who represents and who owns a body, as its papers say", BehindEntry{}, nil),
		post("/organisations", authz.OrgFile, s.fileOrganisation, "File a body, or what changed of it", OrganisationEntry{}, Organisation{}),
		get("/organisations/:id", authz.OrgRead, s.getOrganisation, "One body", Organisation{}),
		post("/organisations/:id/filings", authz.OrgFile, s.postFiling, "Record one more filing of an evaluation body; twice is harmless", FilingEntry{}, Organisation{}),
		post("/organisations/:id/filings/:no/ending", authz.OrgFile, s.postFilingEnding, "End a filing before its time; twice is harmless", EndingEntry{}, Organisation{}),
		post("/organisations/:id/measures", authz.OrgMeasure, s.postMeasure,
			"Suspend an evaluation body, or have it mend something; twice is harmless", MeasureEntry{}, Organisation{}),
		post("/organisations/:id/measures/:no/lifting", authz.OrgMeasure, s.postLifting, "End a measure before its time", LiftingEntry{}, Organisation{}),
		post("/persons", authz.PersonWrite, s.registerPerson, "Register a person; again adds a telephone or a missing photo", PersonEntry{}, Person{}),
		get("/persons/:id", authz.PersonRead, s.getPerson, "One person that one's body has to do with, number and telephone masked", Person{}),
		post("/persons/search", authz.PersonRead, s.searchPersons, "Find persons by document number, or whole telephone number, or whole name", PersonQuery{}, PersonFound{}),
		post("/persons/:id/clear", authz.PersonClear, s.showClear, "Read number or telephone in clear: who, whose and what for is recorded first", ClearEntry{}, ClearPerson{}),
		get("/persons/:id/readings", authz.AuditRead, s.listReadingsOf, "Who read a person in clear, oldest first", ReadingPage{}),
		get("/persons/:id/pairs", authz.PairSay, s.listPairsOf, "Who may be the same human as a person, under another document", []PersonPair{}),
		get("/person-pairs", authz.PairDecide, s.listPairs, "Pairs that wait for one's decision; to the labour authority all that count as one", PairPage{}),
		post("/person-pairs/:pair/request", authz.PairSay, s.askPair, "Say that a pair is two people, as the first of two persons", PairClaim{}, PersonPair{}),
		post("/person-pairs/:pair/decision", authz.PairDecide, s.decidePair, "Decide on a pair, as a second person or as the authority", PairDecision{}, PersonPair{}),
		post("/person-pairs/:pair/return", authz.PairSay, s.returnPair, "Take back that a pair is two people", PairReturn{}, PersonPair{}),
		get("/accounts/:login/readings", authz.AuditRead, s.listReadingsBy, "What an account read in clear, oldest first", ReadingPage{}),
		post("/accounts", authz.AccountWrite, s.createAccount, "Make a sign-in for a registered person", AccountEntry{}, Account{}),
		post("/accounts/disablement", authz.AccountWrite, ofAccount(s.Gate.Disable), "Keep an account out and end its sign-ins", AccountName{}, nil),
		post("/accounts/enablement", authz.AccountWrite, ofAccount(s.Gate.Enable), "Let a disabled account sign in again", AccountName{}, nil),
		post("/accounts/person", authz.AccountWrite, s.attachAccount, "Say whose account it is that nobody's was", AccountPerson{}, nil),
		post("/accounts/body", authz.AccountWrite, s.moveAccount, "Give an account to another body, and end its sign-ins", AccountBody{}, nil),
		post("/accounts/password", authz.AccountWrite, s.setPassword, "Give an account another password and end its sign-ins", SignIn{}, nil),
		get("/staff", authz.StaffAssign, s.listStaff, "Who has a sign-in with one's own body", []Colleague{}),
		get("/ties", authz.TieRead, s.listTies, "Ties of the node that the query names", TiePage{}),
		post("/ties", authz.TieRecord, s.recordTie, "Record a tie", TieEntry{}, Tie{}),
		post("/ties/:id/contest", authz.TieRecord, s.contestTie, "Note that somebody says a tie does not hold; it holds until it is ended", TieStatement{}, Tie{}),
		post("/ties/:id/end", authz.TieRecord, s.endTie, "Set the last day of a tie, or bring it forward", TieEnd{}, Tie{}),
	}
}

// planRoutes lead from a plan to a session that is ready to be sat.
func (s *Server) planRoutes() []route {
	return []route{
		get("/plans", authz.PlanRead, s.listPlans, "Plans of one's body", []Plan{}),
		post("/plans", authz.PlanWrite, s.createPlan, "Draft a plan", PlanEntry{}, Plan{}),
		post("/plans/:id/publication", authz.PlanWrite, s.publishPlan, "Make a plan binding", nil, Plan{}),
		get("/plans/:id/outlook", authz.PlanRead, s.planOutlook, "Places planned in the plan's year, beside those of the filing", YearOutlook{}),
		post("/sessions", authz.PlanWrite, s.createSession, "Plan a session under a published plan", SessionEntry{}, Session{}),
		{Method: fiber.MethodPatch, Path: "/sessions/:id", Action: authz.PlanWrite, Handle: s.amendSession,
			Summary: "Amend times and rooms of a session until the first seat is given", Request: AmendmentEntry{}, Response: Session{}},
		get("/sessions/:id/applications", authz.RegisterRead, s.listApplications, "Applications, refused ones too", []Application{}),
		post("/sessions/:id/applications", authz.Register, s.apply, "Apply for a registered person; the answer says what was refused", ApplicationEntry{}, Application{}),
		get("/sessions/:id/roster", authz.RegisterRead, s.listRosterImports, "What became of the workbooks of a session: rows that were not taken, by their number", []RosterImport{}),
		post("/sessions/:id/roster", authz.Register, s.importRoster, "Register and apply for everybody of a workbook", nil, Roster{}).
			upload().limited(limitUpload),
		post("/sessions/:id/seats", authz.PlanWrite, s.seatCandidates, "Seat everybody accepted", nil, []Seat{}),
		post("/sessions/:id/staff-proposal", authz.StaffAssign, s.proposeStaff, "Propose staff for what the session still needs, or say what is short", StaffProposalEntry{}, StaffProposal{}),
		post("/sessions/:id/separation", authz.StaffAssign, s.recheck, "Ask separation anew of everybody on duty toward the candidates, and keep what is found", nil, Recheck{}),
		post("/sessions/:id/waivers", authz.StaffAssign, s.askWaiver, "Ask that a finding of a soft rule be waived", WaiverEntry{}, Session{}),
		post("/sessions/:id/waivers/decision", authz.WaiverDecide, s.decideWaiver, "Decide on a waiver, as a second person", WaiverDecision{}, Session{}),
		post("/sessions/:id/duties", authz.StaffAssign, s.assignDuty, "Put a person on duty", DutyEntry{}, Session{}),
		post("/sessions/:id/duties/relief", authz.StaffAssign, s.relieveDuty, "Take a person off a duty in which they did nothing yet", ReliefEntry{}, Session{}),
		get("/sessions/:id/undecided", authz.FormsDraw, s.getUndecided, "Applications that the draw of the forms would leave behind", UndecidedCount{}),
		{Method: fiber.MethodPut, Path: "/sessions/:id/undecided", Action: authz.FormsDraw, Handle: s.putUndecided,
			Summary: "Say that one knows of so many and draws all the same", Request: Count{}, Response: UndecidedCount{}},
		post("/sessions/:id/forms", authz.FormsDraw, s.drawForms, "Draw a theory form for every seat", nil, Draw{}),
		post("/sessions/:id/practical-commitment", authz.FormsDraw, s.commitToTasks, "Publish the commitment of the draw of tasks, before the draw", nil,
			practical.Commitment{}),
		post("/sessions/:id/practical-draw", authz.FormsDraw, s.drawTasks, "Draw practical tasks and examiners, once the commitment was published", nil, Count{}),
	}
}
