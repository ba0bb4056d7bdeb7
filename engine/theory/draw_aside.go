package theory

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// Aside is a draw that was begun and put aside before it came to forms: a slot could not be drawn, or a custodian did
// not come forward and nobody could stand in. Its log is kept as it was.
type Aside struct {
	Reason     string                     `json:"reason"`
	By         string                     `json:"by"`               // account that asked
	Second     string                     `json:"second,omitempty"` // account whose word decided
	Signatures []protocol.RedrawSignature `json:"signatures,omitempty"`
	At         time.Time                  `json:"at"`
	Log        protocol.Log               `json:"log"`
	Last       protocol.Hash              `json:"last,omitzero"` // hash of the last entry
	Keys       []protocol.Hex             `json:"keys,omitempty"`
}

// aside puts what was begun aside and begins anew, with the same custodians and fresh keys, secrets and commitments. The
// record names what was put aside, and so does the transcript, in the name of the program that drew.
func (r *rerun) aside(by authz.Principal, now time.Time) error {
	d, p := r.d, r.d.Proposed
	if !d.Stands() {
		return ErrDrawStep.With("提出之后组卷又有进展，请重新提出")
	}
	old := Aside{Reason: p.Reason, By: p.By, Second: by.Account, Signatures: p.Signatures, At: now, Log: d.Log, Last: p.Before}
	for i, c := range d.Custodians {
		old.Keys = append(old.Keys, c.Sign)
		d.Custodians[i] = Custodian{Account: c.Account, Name: c.Name, Org: c.Org}
	}
	d.Aside = append(d.Aside, old)
	d.Held = Held{Key: protocol.Hash(r.ids.Bytes(len(protocol.Hash{}))), Signer: protocol.Hash(r.ids.Bytes(len(protocol.Hash{})))}
	d.Log, d.Proposed, d.Seats, d.Openings, d.Tickets, d.Commitment, d.Root = nil, nil, nil, nil, nil, "", ""
	note := p.Reason
	if len(old.Log) > 0 {
		note += "（搁置的记录 " + old.Last.String() + "）"
	}
	d.Trail.Add(now, by.Account, "draw.aside", note)
	d.describe()
	return nil
}

// last is the hash of the last entry of the log, zero for none.
func (d *Draw) last() protocol.Hash {
	if len(d.Log) == 0 {
		return protocol.Hash{}
	}
	return d.Log[len(d.Log)-1].Hash
}

// fresh reports whether nothing has happened in d since a draw was put aside.
func (d *Draw) fresh() bool {
	return len(d.Aside) > 0 && len(d.Log) == 0 && !slices.ContainsFunc(d.Custodians, func(c Custodian) bool { return len(c.Sign) > 0 })
}

// follow makes d the successor of a record in which a draw was put aside.
func (d *Draw) follow(old *Draw) {
	d.Aside, d.Trail, d.Revision = old.Aside, append(slices.Clone(old.Trail), d.Trail...), old.Revision
	d.describe()
}

// asideLast is the last entry of the log that was put aside last, zero for none.
func (d *Draw) asideLast() protocol.Hash {
	for _, a := range slices.Backward(d.Aside) {
		if len(a.Log) > 0 {
			return a.Last
		}
	}
	return protocol.Hash{}
}

// spent reports whether a key was registered for a draw that was put aside: what it commits to is known to others.
func (d *Draw) spent(sign protocol.Hex) bool {
	return slices.ContainsFunc(d.Aside, func(a Aside) bool {
		return slices.ContainsFunc(a.Keys, func(k protocol.Hex) bool { return len(k) > 0 && slices.Equal(k, sign) })
	})
}
