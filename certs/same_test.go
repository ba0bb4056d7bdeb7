package certs_test

import (
	"testing"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// 证书管理员申请撤销，同一个人用另一证件的督导员账号来确认：不行。证书持有人的另一证件也不能确认。
func TestWhoMovedToRevokeConfirmsUnderNoDocument(t *testing.T) {
	o := newOffice(t, 1)
	c, err := o.MoveToRevoke(t.Context(), registrar(), o.issue(t, 0).Number, why("以欺骗手段取得"))
	check(t, err)
	storetest.OneHuman(t, o.store.People(), engine.PersonID(registrar().Person), engine.PersonID(supervisor().Person))
	_, err = o.Revoke(t.Context(), supervisor(), c.Number, c.Motion.Mark())
	wantError(t, err, certs.ErrOneself)
	holder := supervisor()
	holder.Account, holder.Person = "chizheng", "other-document"
	storetest.OneHuman(t, o.store.People(), c.Holder, "other-document")
	_, err = o.Revoke(t.Context(), holder, c.Number, c.Motion.Mark())
	wantError(t, err, certs.ErrOwnMatter)
}

// 登记获奖的人换一个证件，不能核准这项奖励。
func TestWhoEnteredAnAwardGrantsUnderNoDocument(t *testing.T) {
	o := contestOffice(t)
	a, err := o.EnterAward(t.Context(), registrar(), prize(nil))
	check(t, err)
	storetest.OneHuman(t, o.store.People(), engine.PersonID(registrar().Person), engine.PersonID(supervisor().Person))
	_, err = o.Grant(t.Context(), supervisor(), a.Seen())
	wantError(t, err, certs.ErrAwardTwo)
}
