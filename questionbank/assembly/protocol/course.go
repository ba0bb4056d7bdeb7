package protocol

import (
	"fmt"
	"slices"
)

// course is how far a sitting has come. It admits each entry of a log only after what must stand before it, and looks
// at what an entry says by itself; whether roots and forms are right is for those who can compute them.
//
//	terms → commitment, by custodian → roots → beacon → draw, then (redraw → draw)* → (late | absence | withdrawal)* →
//	reveal, by custodian
type course struct {
	terms       Terms
	commitments []Commitment
	roots       *Roots
	rootsAt     int64
	value       *Hash // of the beacon
	heads       []Head
	again       bool // a redraw is decided and not drawn yet
	running     bool // something happened after the draw
	secrets     []Secret
	shared      []int // custodians whose secrets were put together from shares

	entries int
	last    int64
	hash    Hash
}

// admit takes the next entry: ErrStage when its time has not come, ErrChain when it or one before was changed, else the
// refusal of its kind.
func (c *course) admit(e Entry) error {
	if e.No != c.entries || e.At < c.last || e.At < 0 || e.At > maxInstant {
		return ErrStage.With("日志第 %d 条的序号或时间不正确", c.entries)
	}
	if (e.No == 0) != (e.Event.kind() == "terms") {
		return ErrStage.With("日志第 %d 条不应为 %s", e.No, e.Event.kind())
	}
	if hash, err := e.chained(c.hash); err != nil || hash != e.Hash {
		return ErrChain.With("第 %d 条的摘要与其内容或前一条不符", e.No)
	}
	if err := c.take(e); err != nil {
		return fmt.Errorf("log entry %d: %w", e.No, err)
	}
	c.entries, c.last, c.hash = c.entries+1, e.At, e.Hash
	return nil
}

// maxInstant is the end of the year 9999, ms since 1970.
const maxInstant = 253_402_300_799_999

func (c *course) take(e Entry) error {
	switch v := e.Event.(type) {
	case Terms:
		c.terms = v
		return v.Validate()
	case Commitment:
		return c.commit(v)
	case Roots:
		if c.roots != nil || len(c.commitments) < len(c.terms.Custodians) {
			return ErrStage.With("根应在全部承诺之后提交一次")
		}
		c.roots, c.rootsAt = &v, e.At
	case Beacon:
		return c.observe(v, e.At)
	case Head:
		return c.drawn(v)
	case Redraw:
		return c.redraw(v)
	case Reveal:
		return c.reveal(v)
	case Late, Absence, Withdrawal:
		if !c.sitting() {
			return ErrStage.With("应在组卷之后、公开之前")
		}
		c.running = true
	}
	return nil
}

// sitting reports whether forms are drawn, stand, and are not revealed.
func (c *course) sitting() bool { return len(c.heads) > 0 && !c.again && len(c.secrets) == 0 }

func (c *course) commit(v Commitment) error {
	if c.roots != nil || v.Custodian != len(c.commitments)+1 {
		return ErrStage.With("承诺应在根之前，按保管人的序号提交")
	}
	c.commitments = append(c.commitments, v)
	return c.terms.check(v)
}

// observe takes the public random value. A drand round that was out before the roots were fixed is refused: its value
// was known to those who fixed them.
func (c *course) observe(b Beacon, at int64) error {
	if c.roots == nil || c.value != nil {
		return ErrStage.With("公开随机数应在根之后记录一次")
	}
	if a := c.terms.Beacon; a.Kind == Drand && (roundDue(a.Round) <= c.rootsAt || roundDue(a.Round) > at) {
		return ErrBeacon.With("第 %d 轮应在提交根之后公布、记录之前", a.Round)
	}
	value, err := b.value(c.terms.Beacon, c.terms.Sitting)
	if err != nil {
		return err
	}
	if value != b.Value {
		return ErrBeacon.With("记录的数值不是由其来源得出的")
	}
	c.value = &value
	return nil
}

func (c *course) drawn(h Head) error {
	if c.value == nil || h.Attempt != len(c.heads) || c.again != (h.Attempt > 0) || c.running || len(c.secrets) > 0 {
		return ErrStage.With("第 %d 次组卷", h.Attempt)
	}
	if !signedBy(c.terms.Operator, h.signed(c.terms.Sitting), h.Signature) {
		return ErrStage.With("试卷根的签名不正确")
	}
	c.heads, c.again = append(c.heads, h), false
	return nil
}

func (c *course) redraw(r Redraw) error {
	if !c.sitting() || c.running || r.Attempt != len(c.heads) {
		return ErrStage.With("重新组卷应在组卷之后、开考之前")
	}
	if r.Reason == "" || !validText(r.Reason, maxText) {
		return ErrQuorum.With("缺少重新组卷的理由")
	}
	statement, before := r.Statement(c.terms.Sitting, c.heads[len(c.heads)-1].Root), 0
	for _, s := range r.Signatures {
		k, err := c.terms.custodian(s.Custodian)
		if err != nil || s.Custodian <= before || !signedBy(k.Sign, statement, s.Signature) {
			return ErrQuorum.With("第 %d 号保管人的签名不正确", s.Custodian)
		}
		before = s.Custodian
	}
	if len(r.Signatures) < c.terms.Quorum {
		return ErrQuorum.With("有 %d 名保管人签名，需要 %d 名", len(r.Signatures), c.terms.Quorum)
	}
	c.again = true
	return nil
}

func (c *course) reveal(r Reveal) error {
	if len(c.heads) == 0 || c.again || r.Custodian != len(c.secrets)+1 || r.Custodian > len(c.commitments) {
		return ErrStage.With("公开应在组卷之后，按保管人的序号进行")
	}
	commitment := c.commitments[r.Custodian-1]
	if err := c.terms.Reveals(commitment, r.Secret); err != nil {
		return err
	}
	if len(r.Shares) > 0 {
		joined, err := c.terms.Recover(commitment, r.Shares)
		if err != nil {
			return err
		}
		if joined != r.Secret {
			return ErrShare.With("第 %d 号保管人的份额恢复出另一个值", r.Custodian)
		}
		c.shared = append(c.shared, r.Custodian)
	}
	c.secrets = append(c.secrets, r.Secret)
	return nil
}

// revealed reports whether every secret is public.
func (c *course) revealed() bool {
	return len(c.secrets) > 0 && len(c.secrets) == len(c.terms.Custodians)
}

// seed is that of an attempt, from the secrets in the order of custodians.
func (c *course) seed(secrets []Secret, attempt int) (Hash, error) {
	shares := slices.Collect(func(yield func(Hash) bool) {
		for _, s := range secrets {
			if !yield(s.Share) {
				return
			}
		}
	})
	return seedOf(shares, *c.value, *c.roots, attempt)
}
