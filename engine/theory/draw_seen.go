package theory

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// EnrolSeen is Enrol with the public keys of a code that this program made for the custodian: the house saw it.
func (e *Exams) EnrolSeen(ctx context.Context, by authz.Principal, id sitting.SessionID, sign, box protocol.Hex) (*Draw, error) {
	return e.register(ctx, by, id, Custodian{Sign: sign, Box: box, Seen: true})
}

// Seen records that a custodian entered a code in this program, before anything is done with it: the house saw it.
// Seen again it changes nothing.
func (e *Exams) Seen(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Draw, error) {
	return e.keeping(ctx, by, id, func(r *rerun, n int, now time.Time) error {
		switch c := r.d.Custodians[n-1]; {
		case len(c.Sign) == 0:
			return ErrDrawStep
		case c.Seen:
			return engine.ErrUnchanged
		}
		r.d.see(n, by, now)
		return nil
	})
}

// see marks the code of a custodian as seen by the house.
func (d *Draw) see(n int, by authz.Principal, now time.Time) {
	c := &d.Custodians[n-1]
	c.Seen = true
	d.Trail.Add(now, by.Account, "draw.code-seen", fmt.Sprintf("第 %d 号 %s", n, c.Name))
	if logged[protocol.Roots](d) == 0 { // which bind it
		d.describe()
	}
}

// describe adds to the name of the program, which the transcript carries, what its readers should know and no event of
// the log says: the log that was put aside last, and whose codes the house saw before the freeze.
func (d *Draw) describe() {
	const word = "; " // in no version's name
	name, _, _ := strings.Cut(d.Engine.Build, word)
	if seen := d.seen(); seen != "" {
		name += word + "saw codes " + seen
	}
	if last := d.asideLast(); last != (protocol.Hash{}) {
		name += word + "after " + last.String()
	}
	d.Engine.Build = name
}

// seen lists the numbers of custodians whose codes the house saw, neighbours as 2-5: names of programs are short.
func (d *Draw) seen() string {
	var list []string
	for i := 0; i < len(d.Custodians); i++ {
		from := i
		for i < len(d.Custodians) && d.Custodians[i].Seen {
			i++
		}
		switch {
		case i-from == 1:
			list = append(list, strconv.Itoa(i))
		case i > from:
			list = append(list, fmt.Sprintf("%d-%d", from+1, i))
		}
	}
	return strings.Join(list, " ")
}
