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
	OrgRead       Action = "org.read"
	PersonRead    Action = "person.read"
	PersonWrite   Action = "person.write"
	PersonClear   Action = "person.clear" // document number and telephone in clear, each time on record
	PlanWrite     Action = "plan.write"   // plans, sessions, rooms, seats
	PlanRead      Action = "plan.read"
	Register      Action = "registration.write"
	RegisterRead  Action = "registration.read"
	TieRecord     Action = "separation.record"
	TieRead       Action = "separation.read"
	StaffAssign   Action = "staff.assign"
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
	ResultJoin    Action = "result.join"
	ResultPublish Action = "result.publish"
	ResultRead    Action = "result.read"
	ResultOwn     Action = "result.own" // one's own result
	CertIssue     Action = "cert.issue"
	CertChange    Action = "cert.change"  // correct, reissue, void, take in numbers
	CertRevoke    Action = "cert.revoke"  // ask for a revocation
	CertConfirm   Action = "cert.confirm" // the second person of a revocation
	CertHold      Action = "cert.hold"    // keep a result from being issued for, and let it go
	CertRead      Action = "cert.read"
	CertExport    Action = "cert.export" // whole document numbers, for the national register
	CertVerify    Action = "cert.verify" // open to everybody
	CertBulk      Action = "cert.bulk"   // check a whole roster at once
	AuditRead     Action = "audit.read"
	AccountWrite  Action = "account.write"
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
	OrgRead:       {ExamOffice, Supervisor, Medical, Labour, Registrar, Operator},
	PersonRead:    {ExamOffice, Registrar, Operator},
	PersonWrite:   {ExamOffice, Operator},
	PersonClear:   {ExamOffice, Registrar, Operator},
	PlanWrite:     {ExamOffice},
	PlanRead:      {ExamOffice, Invigilator, Examiner, Leader, Marker, Supervisor, Medical, Labour, Registrar},
	Register:      {ExamOffice},
	RegisterRead:  {ExamOffice, Supervisor, Medical, Labour},
	TieRecord:     {ExamOffice, Supervisor, Labour},
	TieRead:       {ExamOffice, Supervisor, Medical, Labour},
	StaffAssign:   {ExamOffice},
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
	ResultJoin:    {ExamOffice, Engine},
	ResultPublish: {ExamOffice},
	ResultRead:    {ExamOffice, Supervisor, Registrar, Medical, Labour},
	ResultOwn:     {Candidate},
	CertIssue:     {Registrar},
	CertChange:    {Registrar},
	CertRevoke:    {Registrar},
	CertConfirm:   {Registrar, Supervisor, Labour},
	CertHold:      {Registrar, Supervisor, Labour},
	CertRead:      {Registrar, ExamOffice, Supervisor, Medical, Labour},
	CertExport:    {Registrar},
	CertVerify:    Roles(),
	CertBulk:      {Employer},
	AuditRead:     {Supervisor, Medical, Labour, Operator},
	AccountWrite:  {Operator},
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
