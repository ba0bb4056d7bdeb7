package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// pageRoutes are the pages and forms, in the order of the list in package web.
func (s *Server) pageRoutes() []route {
	var all []route
	for _, room := range [][]route{s.publicPages(), s.candidatePages(), s.officePages(), s.practicalPages(), s.sealPages(), s.registerPages(), s.bankPages()} {
		all = append(all, room...)
	}
	all = append(all, s.drawPages()...)
	all = append(all, s.practicePages()...)
	all = append(all, s.concordancePages()...)
	all = append(all, s.remarkPages()...)
	all = append(all, s.seatingPages()...)
	all = append(all, s.retakePages()...)
	all = append(all, s.orderPages()...)
	all = append(all, s.handInPages()...)
	all = append(all, s.receiptPages()...)
	all = append(all, s.planningPages()...)
	all = append(all, s.registerForms()...)
	all = append(all, s.logRoutes()...)
	all = append(all, page("/bulk-check", authz.CertBulk, again(s.bulkPage).first), page("/bulk-check/roster.xlsx", authz.CertBulk, s.bulkTemplate),
		form("/bulk-check", authz.CertBulk, s.bulkForm).limited(limitBulk))
	all = append(all, s.layoutPages()...)
	all = append(all, s.awardPages()...)
	all = append(all, s.recognitionPages()...)
	all = append(all, s.matterPages()...)
	all = append(all, s.archivePages()...)
	all = append(all, s.bodyPages()...)
	all = append(all, s.personPages()...)
	all = append(all, s.pairPages()...)
	all = append(all, s.trainingPages()...)
	all = append(all, s.listPages()...)
	all = append(all, s.needPages()...)
	all = append(all, s.applyPages()...)
	all = append(all, s.requestPages()...)
	all = append(all, s.tiePages()...)
	all = append(all, s.controlPages()...)
	return all
}

func page(path string, a authz.Action, h fiber.Handler) route {
	return route{Method: fiber.MethodGet, Path: path, Action: a, Handle: h}
}

func form(path string, a authz.Action, h fiber.Handler) route {
	return route{Method: fiber.MethodPost, Path: path, Action: a, Handle: h}
}

func (s *Server) publicPages() []route {
	return []route{
		page("/", "", s.home),
		page("/verify", authz.CertVerify, s.verifyPage),
		page("/v/:token", authz.CertVerify, s.verifyLink).limited(limitVerify),
		page("/s/:token", authz.CertVerify, s.verifyShared).limited(limitVerify),
		form("/verify", authz.CertVerify, s.verifyForm).limited(limitNumber),
		form("/verify/file", authz.CertVerify, s.verifyUpload).upTo(large{fileLimit, errCheckFile}).limited(limitUpload),
		page("/root.pem", "", s.rootPEM).common(),
		page("/keys.pem", "", s.publishedKeys).common().limited(limitVerify),
		page("/status/:list", "", s.statusList).common(),
		page("/preferences", "", s.preferences),
		page("/publicity/:id", "", again(s.publicityAgain).first).limited(limitList),
		page("/login", "", again(s.loginPage).first),
		form("/login", "", s.login).limited(limitSignIn),
		page("/exam/login", "", again(s.candidateLoginPage).first),
		form("/exam/login", "", s.candidateLogin).limited(limitAdmit),
		page("/exam/quit", "", s.quitExam),
		page("/exam/offline", "", s.offlinePage),
		page("/offline-check", "", s.offlineCheckPage).common().limited(limitVerify),
		page("/offline-keys.json", "", s.offlineKeys).common().limited(limitVerify),
		page("/sessions/:id/exam.seb", "", s.sebFile),
		form("/logout", "", s.logout),
	}
}

func (s *Server) candidatePages() []route {
	return []route{
		page("/exam", authz.AttemptSit, s.waiting),
		form("/exam/start", authz.AttemptSit, s.startExam),
		page("/exam/paper", authz.AttemptSit, s.examPage),
		page("/exam/paper/images/:digest", authz.AttemptSit, s.examImage),
		page("/exam/receipt", authz.AttemptSit, s.receiptPage),
		page("/exam/result", authz.ResultOwn, s.ownResultPage),
		page("/exam/certificate", authz.ResultOwn, s.ownCertificate),
		page("/exam/certificate/:profile", authz.ResultOwn, s.exportOwn),
		form("/exam/shares", authz.ResultOwn, s.shareForm).limited(limitShare),
		form("/exam/shares/end", authz.ResultOwn, s.unshareForm),
		page("/exam/draw-receipt.json", authz.AttemptSit, s.ownDrawReceipt).limited(limitVerify),
	}
}

func (s *Server) officePages() []route {
	return []route{
		page("/desk", "", s.signedIn(s.desk)),
		page("/office", authz.PlanWrite, s.office),
		page("/roster.xlsx", authz.Register, s.emptyRoster),
		page("/sessions/:id", authz.RegisterRead, again(s.sessionPage).first),
		form("/sessions/:id/roster", authz.Register, s.rosterForm).limited(limitUpload),
		form("/sessions/:id/seats", authz.PlanWrite, s.seatsForm),
		form("/sessions/:id/staff", authz.StaffAssign, s.staffForm),
		form("/sessions/:id/staff/relief", authz.StaffAssign, s.reliefForm),
		form("/sessions/:id/staff-proposal", authz.StaffAssign, s.staffingForm),
		form("/sessions/:id/staff-proposal/adoption", authz.StaffAssign, s.adoptForm),
		form("/sessions/:id/separation", authz.StaffAssign, s.recheckForm),
		form("/sessions/:id/waivers", authz.StaffAssign, s.waiverForm),
		form("/sessions/:id/waivers/decision", authz.WaiverDecide, s.waiverDecisionForm),
		form("/sessions/:id/lockdown", authz.PlanWrite, s.lockdownForm),
		form("/sessions/:id/forms", authz.FormsDraw, s.formsForm),
		form("/sessions/:id/practical-draw", authz.FormsDraw, s.practicalDrawForm),
		page("/sessions/:id/rooms/:room", authz.RoomRead, again(s.roomPage).first),
		form("/sessions/:id/rooms/:room/check-in", authz.RoomRun, s.checkInForm),
		form("/sessions/:id/rooms/:room/misconduct", authz.RoomRun, s.voidForm),
		form("/sessions/:id/rooms/:room/release", authz.RoomRun, s.releaseForm),
	}
}

// signedIn is the door of the one page that everybody has who is signed in, whatever they may do.
func (s *Server) signedIn(h fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if caller(c).Account == "" {
			return s.signInFirst(c, route{}, authz.ErrUnauthenticated)
		}
		return h(c)
	}
}

func (s *Server) practicalPages() []route {
	return []route{
		page("/assessments", authz.SheetScore, s.sheetsPage),
		page("/assessments/:id/sheet", authz.SheetScore, s.sheetPage),
		form("/assessments/:id/sheet", authz.SheetScore, s.sheetForm),
		page("/assessments/:id/signature", authz.SheetScore, again(s.signPage).first),
		form("/assessments/:id/signature", authz.SheetScore, s.signForm),
		form("/assessments/:id/ruling", authz.PracticalRun, s.rulingForm),
		form("/assessments/:id/correction", authz.PracticalRun, s.sheetCorrectionForm),
		form("/assessments/:id/correction-withdrawal", authz.PracticalRun, s.sheetCorrectionForm),
		form("/assessments/:id/standing", authz.PracticalRun, s.standingForm),
		form("/assessments/:id/extension", authz.PracticalRun, s.extensionForm),
		form("/assessments/:id/substitution", authz.PracticalRun, s.substitutionForm),
	}
}

func (s *Server) sealPages() []route {
	all := []route{form("/sessions/:id/marks", authz.TheoryMark, s.markForm).on("/sessions/:id/seals/theory")}
	for _, k := range []struct {
		engine.Component
		seal authz.Action
	}{{engine.Theory, authz.TheorySeal}, {engine.Practical, authz.PracticalSeal}} {
		path := "/sessions/:id/seals/" + string(k.Component)
		all = append(all, page(path, authz.PlanRead, s.sealPage(k.Component).first), form(path, k.seal, s.sealForm(k.Component)),
			form(path+"/witness", authz.SealWitness, s.witnessForm(k.Component)))
	}
	return all
}

func (s *Server) registerPages() []route {
	return []route{
		page("/sessions/:id/results", authz.ResultRead, again(s.resultsPage).first),
		form("/sessions/:id/results", authz.ResultJoin, s.stepForm(s.Board.Join, "joined")),
		form("/sessions/:id/publicity", authz.ResultPublish, s.stepForm(s.Board.Publish, "published")).on("/sessions/:id/results"),
		form("/sessions/:id/final", authz.ResultPublish, s.stepForm(s.Board.Finalize, "final")).on("/sessions/:id/results"),
	}
}

func (s *Server) bankPages() []route {
	return []route{
		page("/bank", authz.BankRead, s.bankPage),
		page("/bank/items", authz.BankRead, s.itemsPage),
		page("/bank/items.xlsx", authz.BankEdit, s.exportItems).also(authz.BankFile),
		page("/bank/items/:code", authz.BankRead, again(s.itemPage).first),
		page("/bank/editor", authz.BankEdit, s.editorPage),
		form("/bank/editor", authz.BankEdit, s.editorForm),
		page("/bank/review", authz.BankReview, again(s.reviewPage).first),
		page("/bank/queue", authz.BankMedical, again(s.queuePage).first).also(authz.BankLabour),
		form("/bank/items/:code/review", authz.BankReview, s.reviewForm),
		form("/bank/items/:code/consent", authz.BankMedical, s.consentForm).also(authz.BankLabour),
		form("/bank/items/:code/refusal", authz.BankMedical, s.refusalForm).also(authz.BankLabour, authz.BankReview),
		form("/bank/items/:code/filing", authz.BankFile, s.filingForm),
		form("/bank/items/:code/suspension", authz.BankPublish, s.suspensionForm),
		form("/bank/items/:code/resumption", authz.BankPublish, s.resumptionForm),
		form("/bank/items/:code/retirement", authz.BankPublish, s.retirementForm),
		page("/bank/tables", authz.BankRead, s.tablesPage),
		page("/bank/releases", authz.BankRead, again(s.releasesPage).first),
		form("/bank/releases", authz.BankPublish, s.publishForm),
		page("/bank/releases/:id", authz.BankRead, again(s.releasePage).first),
		form("/bank/releases/:id/withdrawal", authz.BankPublish, s.withdrawalForm),
		page("/bank/blueprints", authz.BlueprintRead, again(s.blueprintsPage).first),
		form("/bank/blueprints", authz.BankPublish, s.publishBlueprintForm).limited(limitUpload),
		form("/bank/blueprints/preview", authz.BankPublish, s.previewBlueprint).limited(limitUpload),
		page("/bank/blueprints/:id", authz.BlueprintRead, s.blueprintPage),
		page("/bank/blueprints/:id/blueprint.json", authz.BlueprintRead, s.blueprintFile),
		page("/bank/import", authz.BankImport, again(s.importsPage).first),
		form("/bank/import", authz.BankImport, s.startImport).upTo(largeImport()).limited(limitUpload),
		page("/bank/import/:id", authz.BankImport, again(s.importPage).first),
		form("/bank/import/:id/decisions", authz.BankImport, s.decisionsForm),
		form("/bank/import/:id/commit", authz.BankImport, s.commitImport),
		page("/bank/statistics", authz.BankRead, s.statisticsPage),
		page("/images/:digest", authz.BankRead, s.bankImage),
	}
}
