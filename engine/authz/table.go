package authz

import "slices"

// Action is one thing that can be done.
type Action string

// The actions, by room.
const (
	BankRead      Action = "bank.read"      // browse items, tables, releases
	BlueprintRead Action = "blueprint.read" // blueprints, and which releases there are for them
	BankImport    Action = "bank.import"    // bring items in from a workbook
	BankEdit      Action = "bank.edit"      // write a new version of an item
	BankReview    Action = "bank.review"    // internal review, never of one's own item
	BankMedical   Action = "bank.consent.medical"
	BankLabour    Action = "bank.consent.labour"
	BankFile      Action = "bank.file"    // record the national filing numbers
	BankPublish   Action = "bank.publish" // publish or withdraw a release or blueprint
	BankCorrect   Action = "bank.correct" // one half of a decision that a key was wrong: a keeper and a reviewer together
	OrgFile       Action = "org.file"     // file a body
	OrgMeasure    Action = "org.measure"  // suspend a body, have it mend something, lift either
	OrgRead       Action = "org.read"
	PersonRead    Action = "person.read"
	PersonWrite   Action = "person.write"
	PersonClear   Action = "person.clear"       // document number and telephone in clear, each time on record
	PairSay       Action = "person.pair"        // see who may be one human under two documents, say that they are two, take it back
	PairDecide    Action = "person.pair.decide" // the second person, or the authority by itself
	PlanWrite     Action = "plan.write"         // plans, sessions, rooms, seats
	PlanRead      Action = "plan.read"
	Register      Action = "registration.write"
	RegisterRead  Action = "registration.read"
	RequestMake   Action = "request.make"  // apply by oneself, open to everybody
	RequestOwn    Action = "request.own"   // one's own application: read, correct, withdraw
	RequestBlank  Action = "request.blank" // take out of drafts what was kept long enough
	TieRecord     Action = "separation.record"
	TieRead       Action = "separation.read"
	StaffAssign   Action = "staff.assign"
	WaiverDecide  Action = "waiver.decide" // the second person of a waiver of a soft rule of separation
	FormsDraw     Action = "forms.draw"
	FormsPrint    Action = "forms.print" // questions and answer sheets for a sitting on paper
	FormsKey      Action = "forms.key"   // their keys, once the sitting is over
	DrawKeep      Action = "draw.keep"   // hold a share of the seed of a session that one was named for
	DrawRead      Action = "draw.read"   // the record of a draw, and its transcript afterwards
	RoomRun       Action = "room.run"    // check in, release, extend, void in one's own room
	RoomRead      Action = "room.read"
	AttemptSit    Action = "attempt.sit" // one's own attempt only
	TheoryMark    Action = "theory.mark"
	TheoryRead    Action = "theory.read" // theory scores before the join
	TheorySeal    Action = "theory.seal"
	SheetScore    Action = "practical.score"
	PracticalRead Action = "practical.read" // practical scores before the join
	PracticalRun  Action = "practical.run"  // draw tasks, arbitrate
	PracticalSeal Action = "practical.seal"
	SealWitness   Action = "seal.witness" // the quality supervisor's half of a seal

	ConcordanceRead Action = "concordance.read" // how examiners agree, once practice is sealed; nothing of any candidate
	ConcordanceOwn  Action = "concordance.own"  // one's own line of it

	ControlWrite    Action = "practical.control"   // write and rate control performances, agree on their reference
	ControlTake     Action = "practical.calibrate" // be calibrated by one
	CalibrationRead Action = "calibration.read"    // who is calibrated until when, and how they agree; no reference

	ResultJoin    Action = "result.join"
	ResultPublish Action = "result.publish"
	ResultRead    Action = "result.read"
	ResultOwn     Action = "result.own" // one's own result
	ObjectionRead Action = "objection.read"
	CheckForward  Action = "check.forward"  // hand a score check to the component's own people
	CheckTheory   Action = "check.theory"   // answer one of theory, and correct the seal by the first of two persons
	CheckPractice Action = "check.practice" // the same of practice
	CaseOpen      Action = "misconduct.open"
	CaseRead      Action = "misconduct.read"
	CasePropose   Action = "misconduct.propose" // notify the candidate, and propose a ruling
	CaseDecide    Action = "misconduct.decide"  // the second person
	CaseReview    Action = "misconduct.review"  // the authority's word on an appeal
	CertIssue     Action = "cert.issue"
	CertChange    Action = "cert.change"  // correct, reissue, void, take in numbers
	CertRevoke    Action = "cert.revoke"  // ask for a revocation
	CertConfirm   Action = "cert.confirm" // the second person of a revocation
	CertHold      Action = "cert.hold"    // keep a result from being issued for, and let it go
	CertRead      Action = "cert.read"
	CertExport    Action = "cert.export"     // whole document numbers, for the national register
	CertVerify    Action = "cert.verify"     // open to everybody
	CertBulk      Action = "cert.bulk"       // check a whole roster at once
	ReportRead    Action = "report.read"     // the report on a session
	ArchiveAsk    Action = "archive.ask"     // ask for the archive of a session, and fetch it once it is approved
	ArchiveGrant  Action = "archive.approve" // the second person of an archive
	ArchiveRead   Action = "archive.read"    // which archives there are and how long they are kept, not what is in them
	AuditRead     Action = "audit.read"
	AccountWrite  Action = "account.write"

	AccreditCall   Action = "accreditation.call"   // call for bodies, publish the notice, answer objections, file
	AccreditApply  Action = "accreditation.apply"  // for one's own body
	AccreditReview Action = "accreditation.review" // say what the materials show
	AccreditDecide Action = "accreditation.decide" // choose, never where one reviewed
	AccreditRead   Action = "accreditation.read"
	TrainWrite     Action = "training.write" // courses, classes and trainees of one's own body
	TrainRead      Action = "training.read"
	TrainList      Action = "training.list" // the public list of training bodies of one's province
	NeedWrite      Action = "training.need" // lists of people to be trained

	RecogniseApply  Action = "recognition.apply"  // for direct recognition of one's own body's staff, and end its publicity
	RecogniseReview Action = "recognition.review" // the second person of the body
	RecogniseDecide Action = "recognition.decide" // by who is neither of the body's staff nor tied to the person; answer objections
	RecogniseRead   Action = "recognition.read"
)

var table = map[Action][]Role{
	BankRead:      {Author, Reviewer, BankKeeper, Medical, Labour, Operator},
	BlueprintRead: {Author, Reviewer, BankKeeper, Medical, Labour, Operator, ExamOffice},
	BankImport:    {Author, BankKeeper},
	BankEdit:      {Author},
	BankReview:    {Reviewer},
	BankMedical:   {Medical},
	BankLabour:    {Labour},
	BankFile:      {BankKeeper},
	BankPublish:   {BankKeeper},
	BankCorrect:   {Reviewer, BankKeeper},
	OrgFile:       {Labour, Operator},
	OrgMeasure:    {Labour},
	OrgRead:       {ExamOffice, Supervisor, Medical, Labour, Registrar, Operator},
	PersonRead:    {ExamOffice, Registrar, Operator},
	PersonWrite:   {ExamOffice, Operator},
	PersonClear:   {ExamOffice, Registrar, Operator},
	PairSay:       {ExamOffice, Supervisor, Labour},
	PairDecide:    {Supervisor, Labour},
	PlanWrite:     {ExamOffice},
	PlanRead:      {ExamOffice, Invigilator, Examiner, Leader, Marker, Supervisor, Medical, Labour, Registrar},
	Register:      {ExamOffice},
	RegisterRead:  {ExamOffice, Supervisor, Medical, Labour},
	RequestMake:   Roles(),
	RequestOwn:    {Applicant},
	RequestBlank:  {Engine},
	TieRecord:     {ExamOffice, Supervisor, Labour, Engine}, // the server records those that follow from enrolments
	TieRead:       {ExamOffice, Supervisor, Medical, Labour},
	StaffAssign:   {ExamOffice},
	WaiverDecide:  {Supervisor, Labour},
	FormsDraw:     {ExamOffice, Engine},
	FormsPrint:    {ExamOffice},
	FormsKey:      {Marker},
	DrawKeep:      {Custodian},
	DrawRead:      {Custodian, ExamOffice, Supervisor, Medical, Labour, Engine},
	RoomRun:       {Invigilator},
	RoomRead:      {Invigilator, ExamOffice, Supervisor},
	AttemptSit:    {Candidate},
	TheoryMark:    {Marker, Engine},
	TheoryRead:    {Marker},
	TheorySeal:    {Marker},
	SheetScore:    {Examiner, Leader},
	PracticalRead: {Leader},
	PracticalRun:  {Leader},
	PracticalSeal: {Leader},
	SealWitness:   {Supervisor},

	ConcordanceRead: {Leader, Supervisor},
	ConcordanceOwn:  {Examiner, Leader},

	ControlWrite:    {Leader},
	ControlTake:     {Examiner, Leader},
	CalibrationRead: {Leader, Supervisor},

	ResultJoin:    {ExamOffice, Engine},
	ResultPublish: {ExamOffice},
	ResultRead:    {ExamOffice, Supervisor, Registrar, Medical, Labour},
	ResultOwn:     {Candidate},
	ObjectionRead: {ExamOffice, Supervisor, Labour},
	CheckForward:  {ExamOffice},
	CheckTheory:   {Marker},
	CheckPractice: {Leader},
	CaseOpen:      {ExamOffice, Supervisor},
	CaseRead:      {ExamOffice, Supervisor, Labour},
	CasePropose:   {ExamOffice},
	CaseDecide:    {Supervisor},
	CaseReview:    {Labour},
	CertIssue:     {Registrar},
	CertChange:    {Registrar},
	CertRevoke:    {Registrar},
	CertConfirm:   {Registrar, Supervisor, Labour},
	CertHold:      {Registrar, Supervisor, Labour},
	CertRead:      {Registrar, ExamOffice, Supervisor, Medical, Labour},
	CertExport:    {Registrar},
	CertVerify:    Roles(),
	CertBulk:      {Employer},
	ReportRead:    {ExamOffice, Supervisor, Medical, Labour},
	ArchiveAsk:    {ExamOffice},
	ArchiveGrant:  {Supervisor},
	ArchiveRead:   {ExamOffice, Supervisor, Medical, Labour},
	AuditRead:     {Supervisor, Medical, Labour, Operator},
	AccountWrite:  {Operator},

	AccreditCall:   {Labour},
	AccreditApply:  {ExamOffice},
	AccreditReview: {Medical, Labour},
	AccreditDecide: {Labour},
	AccreditRead:   {ExamOffice, Supervisor, Medical, Labour},
	TrainWrite:     {Trainer},
	TrainRead:      {Trainer, ExamOffice, Medical, Labour},
	TrainList:      {Labour},
	NeedWrite:      {Trainer, Labour},

	RecogniseApply:  {ExamOffice},
	RecogniseReview: {ExamOffice, Supervisor},
	RecogniseDecide: {Supervisor, Labour},
	RecogniseRead:   {ExamOffice, Supervisor, Registrar, Medical, Labour},
}

// Allowed reports whether role has the action.
func Allowed(r Role, a Action) bool { return slices.Contains(table[a], r) }

// Actions lists every action of the table in byte order.
func Actions() []Action {
	all := make([]Action, 0, len(table))
	for a := range table {
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}
