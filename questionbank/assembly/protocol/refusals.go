package protocol

import "github.com/skillcert/skillcert/engine/errs"

// Refusals.
var (
	ErrTerms      = errs.New(errs.Invalid, "draw.terms", "组卷约定不正确")
	ErrCommitment = errs.New(errs.Invalid, "draw.commitment", "份额与所承诺的不符")
	ErrShare      = errs.New(errs.Invalid, "draw.share", "分存的份额不正确")
	ErrTooFew     = errs.New(errs.Conflict, "draw.too_few_shares", "分存的份额不足，不能恢复")
	ErrQuorum     = errs.New(errs.Forbidden, "draw.quorum", "重新组卷的签名不足")
	ErrBeacon     = errs.New(errs.Invalid, "draw.beacon", "公开随机数不正确")
	ErrRoster     = errs.New(errs.Invalid, "draw.roster", "考生名册不正确")
	ErrBank       = errs.New(errs.Invalid, "draw.bank", "题库版本不能一起组卷")
	ErrStage      = errs.New(errs.Conflict, "draw.stage", "组卷进行到的步骤不允许此项操作")
	ErrChain      = errs.New(errs.Conflict, "draw.chain", "日志的摘要不符")
	ErrSlot       = errs.New(errs.Invalid, "draw.slot", "没有这份试卷或它不能这样使用")
	ErrItem       = errs.New(errs.Invalid, "draw.item", "没有这道试题或它已停用")
	ErrReplace    = errs.New(errs.Conflict, "draw.replace", "没有可以替换的试题")
	ErrTranscript = errs.New(errs.Invalid, "draw.transcript", "组卷记录不能读取")
	ErrTooLarge   = errs.New(errs.TooLarge, "draw.too_large", "组卷记录超出允许的大小")
	ErrReceipt    = errs.New(errs.Invalid, "draw.receipt", "试卷凭据与组卷记录不符")
)
