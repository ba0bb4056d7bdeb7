package api

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// Fields of addresses and forms that were given what they do not take.
var (
	fieldKind = errs.Field{Name: "kind", Code: "unknown", Msg: "只能是 reissued（补发）或 corrected（更正）"}
	fieldYear = errs.Field{Name: "year", Code: "form", Msg: "年度应为 2000 至 2099"}
)

// registerRoutes are the JSON routes of those who issue and change certificates.
func (s *Server) registerRoutes() []route {
	return []route{
		get("/certificates", authz.CertRead, s.listCertificates, "The register, filtered by q and state", CertificatePage{}),
		get("/certificates/:number", authz.CertRead, s.getCertificate, "One certificate with its editions, rulings and history", CertificateRecord{}),
		get("/certificates/:number/file", authz.CertRead, s.download, "The sealed document", nil).produces(typePDF),
		get("/certificates/:number/editions/:version/file", authz.CertRead, s.downloadEdition, "The sealed document of one edition",
			nil).produces(typePDF),
		post("/certificates/:number/editions", authz.CertChange, s.postEdition,
			"Make a new edition: a reissue, or a correction that prints what the register of persons says now",
			EditionEntry{}, CertificateRecord{}),
		post("/certificates/:number/motion", authz.CertRevoke, decideJSON(s.Issuer.MoveToRevoke), "Ask that a certificate be revoked", Cause{},
			CertificateRecord{}),
		post("/certificates/:number/revocation", authz.CertConfirm, s.revoke, "Confirm a revocation that another person asked for", Revocation{},
			CertificateRecord{}),
		post("/certificates/:number/dismissal", authz.CertConfirm, s.dismiss, "End a motion to revoke; the certificate goes on to hold", Dismissal{},
			CertificateRecord{}).
			also(authz.CertRevoke),
		post("/certificates/:number/void", authz.CertChange, decideJSON(s.Issuer.Void), "Give up a number that was given and never sealed",
			Cause{}, CertificateRecord{}),
		post("/certificates/:number/withdrawal", authz.CertChange, decideJSON(s.Issuer.Withdraw),
			"Take back the decision on an edition that is not sealed yet", Cause{}, CertificateRecord{}),
		post("/sessions/:id/certificates", authz.CertIssue, s.startIssue,
			"Have the certificates of a session issued; ask for it with GET until it has ended", nil, Batch{}).accepted(),
		get("/sessions/:id/certificates", authz.CertRead, s.getIssue, "How far the issue for a session has come", Batch{}),
		get("/sessions/:id/holds", authz.CertRead, s.listHolds, "Results of a session that are kept from issue", []Hold{}),
		post("/sessions/:id/holds", authz.CertHold, s.postHold, "Keep a result from being issued for", HoldEntry{}, Hold{}),
		post("/sessions/:id/holds/lifting", authz.CertHold, s.liftHold, "Let a result be issued for again", HoldEntry{}, Hold{}),
		post("/sessions/:id/numbers/preview", authz.CertChange, s.sessionNumbers().answer(false), "What taking in the authority's list of numbers would do", nil,
			GivenNumbers{}).
			upload().limited(limitUpload),
		post("/sessions/:id/numbers", authz.CertChange, s.sessionNumbers().answer(true), "Take in the authority's list of numbers; twice is harmless", nil,
			GivenNumbers{}).
			upload().limited(limitUpload),
		post("/sessions/:id/national-upload", authz.CertExport, s.sendUpload,
			"The session's valid certificates for the national register, document numbers whole; who asks is recorded",
			nil, nil).produces(typeXLSX),
		post("/national-upload", authz.CertExport, s.postPeriod,
			"The valid certificates issued in a period of at most a year, of all sessions and of contest prizes, as above", Period{}, nil).
			produces(typeXLSX),
		get("/serials", authz.CertRead, s.getSerials, "Account of the numbers of a body and year that org and year name", []Serials{}),
		post("/persons/:id/amendment", authz.PersonWrite, s.amendPerson, "Put right a name or photo that was registered wrongly",
			PersonAmendment{}, Person{}),
	}
}

// registerForms are their pages and forms.
func (s *Server) registerForms() []route {
	return []route{
		page("/certificates", authz.CertRead, again(s.certificatesPage).first),
		page("/certificates.xlsx", authz.CertRead, s.exportCertificates),
		form("/certificates/national-upload", authz.CertExport, s.periodForm),
		page("/certificates/serials", authz.CertRead, s.serialsPage),
		page("/certificates/serials.xlsx", authz.CertRead, s.exportSerials),
		page("/certificates/:number.pdf", authz.CertRead, s.download),
		page("/certificates/:number", authz.CertRead, s.certificatePage("").first),
		page("/certificates/:number/editions/:version.pdf", authz.CertRead, s.downloadEdition),
		form("/certificates/:number/editions", authz.CertChange, s.editionForm),
		form("/certificates/:number/motion", authz.CertRevoke, s.decideForm("motion", "moved-to-revoke", s.move)),
		form("/certificates/:number/revocation", authz.CertConfirm, s.decideForm("revocation", "revoked", s.confirmMotion)),
		form("/certificates/:number/dismissal", authz.CertConfirm, s.decideForm("dismissal", "dismissed", s.dismissMotion)).also(authz.CertRevoke),
		form("/certificates/:number/void", authz.CertChange, s.decideForm("void", "number-voided", s.voidNumber)),
		form("/certificates/:number/withdrawal", authz.CertChange, s.decideForm("withdrawal", "edition-withdrawn", s.withdraw)),
		form("/certificates/:number/holder", authz.PersonWrite, s.holderForm).limited(limitUpload),
		page("/sessions/:id/certificates", authz.CertRead, again(s.issuePage).first),
		form("/sessions/:id/certificates", authz.CertIssue, s.startIssueForm),
		form("/sessions/:id/national-upload", authz.CertExport, s.uploadForm).on("/sessions/:id/certificates"),
		form("/sessions/:id/holds", authz.CertHold, s.holdForm(s.Issuer.Keep, "held")).on("/sessions/:id/results"),
		form("/sessions/:id/holds/lifting", authz.CertHold, s.holdForm(s.Issuer.Lift, "hold-lifted")).on("/sessions/:id/results"),
		page("/sessions/:id/numbers", authz.CertChange, again(s.sessionNumbers().page).first),
		form("/sessions/:id/numbers/preview", authz.CertChange, s.sessionNumbers().preview).limited(limitUpload),
		form("/sessions/:id/numbers", authz.CertChange, s.sessionNumbers().commit).limited(limitUpload),
		page("/numbers.xlsx", authz.CertChange, s.emptyNumbers),
	}
}

// organisationsAs lists the bodies as somebody may see them.
func (s *Server) organisationsAs(by authz.Principal) func(context.Context, engine.Cursor) ([]*engine.Organisation, string, error) {
	return func(ctx context.Context, c engine.Cursor) ([]*engine.Organisation, string, error) {
		return s.Registry.Organisations(ctx, by, c)
	}
}
