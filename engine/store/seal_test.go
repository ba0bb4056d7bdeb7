package store_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/engine/vault"
)

// What nobody may find in a file or a document.
const (
	secretName   = "阿卜杜·买买提明"
	secretOld    = "欧阳慕容"
	secretNumber = "12010119000101018X"
	secretPhone  = "19900007731"

	secretAddress = "样例市春风路7731号2-301"
)

func keyOf(n byte) []byte { return bytes.Repeat([]byte{n}, vault.MinMaterial) }

func vaultOf(t *testing.T, materials ...byte) *vault.Vault {
	t.Helper()
	keys := make([][]byte, len(materials))
	for i, n := range materials {
		keys[i] = keyOf(n)
	}
	v, err := vault.New(ids.Random(), keyOf(200), keys...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// secretPhoto is as large as photos are; the names in it are found like those in other documents.
func secretPhoto() []byte { return bytes.Repeat([]byte(secretName), 3000) }

func somebody() *engine.Person {
	p := &engine.Person{ID: "somebody", Name: secretName, IDType: engine.ResidentCard, IDNumber: secretNumber, Phone: secretPhone, Address: secretAddress,
		Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Sex: engine.Female, Photo: engine.MarkPhoto(secretPhoto(), 1)}
	p.Trail.Add(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), "office", "person.amended", "姓名“"+secretOld+"”改为“"+secretName+"”；身份证核对")
	return p
}

// fill writes the secrets wherever a repository keeps people.
func fill(t *testing.T, s *store.Store) {
	t.Helper()
	c := &certs.Certificate{Number: "S000012009999264000001", Holder: "somebody", Token: "0123456789abcdefghjkmnpqrs"}
	c.Name, c.IDMasked = secretName, engine.MaskID(secretNumber)
	for _, err := range []error{
		s.People().CreatePerson(ctx, somebody()),
		s.People().CreateAlbum(ctx, &people.Album{Person: "somebody", Prints: []people.Print{{PhotoMark: somebody().Photo, JPEG: secretPhoto()}}}),
		s.Ledger().CreateCertificate(ctx, c),
		s.Files().PutFile(ctx, &certs.File{Number: c.Number, Version: 1, PDF: []byte(secretName + secretNumber)}),
		s.Accounts().CreateAccount(ctx, &accounts.Account{ID: "a", Name: secretName}),
		s.Readings().RecordReading(ctx, &people.Reading{ID: "r", Name: secretName, Purpose: secretPhone, Account: "a", Person: "somebody"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// leaks says which secrets stand in raw bytes, in clear, in hexadecimal digits or in base64 at any of its three offsets.
func leaks(raw []byte) (found []string) {
	for _, secret := range []string{secretName, secretOld, secretNumber, secretPhone, secretAddress, engine.MaskID(secretNumber)} {
		for form, text := range forms(secret) {
			if bytes.Contains(raw, []byte(text)) {
				found = append(found, secret+" "+form)
			}
		}
	}
	slices.Sort(found)
	return found
}

func forms(secret string) map[string]string {
	of := map[string]string{"clear": secret, "hex": hex.EncodeToString([]byte(secret)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(secret)))}
	var escaped strings.Builder
	for _, r := range secret {
		if r > 0x7f {
			escaped.WriteString(`\u` + hex.EncodeToString([]byte{byte(r >> 8), byte(r)}))
		} else {
			escaped.WriteRune(r)
		}
	}
	of["json"] = escaped.String()
	for shift := range 3 {
		coded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
		of["base64+"+string(rune('0'+shift))] = coded[4 : len(coded)-4] // what stands before and after it changes the ends
	}
	return of
}

// raw is everything that a store holds: the documents as they are kept, with their ids and indexes.
func raw(t *testing.T, db docs.Store) []byte {
	t.Helper()
	var all bytes.Buffer
	for _, kind := range slices.Sorted(maps.Keys(store.Schema())) {
		for r := (docs.Range{Kind: kind, Limit: 100}); ; {
			page, err := db.Range(ctx, r)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range page.Docs {
				all.WriteString(d.ID)
				all.Write(d.Body)
				for name, value := range d.Index {
					all.WriteString(name + value)
				}
			}
			if r.After = page.Next; r.After == "" {
				break
			}
		}
	}
	return all.Bytes()
}

// files is every byte in the directory of a closed store.
func files(t *testing.T, dir string) (all []byte) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

// 数据库里读不到个人信息：姓名、曾用名、证件号码、手机号码在任何文书中都找不到，换成十六进制或 base64 也找不到。
// The control writes the same as programs did before, in clear, and is found.
func TestNobodyIsReadInTheDocuments(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		s := store.New(db, ids.Random()).Guarded(vaultOf(t, 1))
		fill(t, s)
		if found := leaks(raw(t, db)); len(found) > 0 {
			t.Errorf("found %v", found)
		}
		p, err := s.People().Person(ctx, "somebody")
		if err != nil || p.Name != secretName || p.Phone != secretPhone || p.Address != secretAddress || !strings.Contains(p.Trail[0].Note, secretOld) {
			t.Errorf("%v, %v", p, err)
		}
		putOld(t, db, docs.Write{Key: docs.Key{Kind: "person", ID: "clear"}, Body: frozen(t, "person-1.json")})
		if found := leaks(raw(t, db)); len(found) < 4 {
			t.Errorf("the control: of what stands in clear only %v was found", found)
		}
	})
}

func openAt(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	db, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// The same of the bytes of the database's files, while it is open and after it was closed.
func TestNobodyIsReadInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db := openAt(t, path)
	fill(t, store.New(db, ids.Random()).Guarded(vaultOf(t, 1)))
	if found := leaks(files(t, filepath.Dir(path))); len(found) > 0 {
		t.Errorf("open: %v", found)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if found := leaks(files(t, filepath.Dir(path))); len(found) > 0 {
		t.Errorf("closed: %v", found)
	}
}

// Data of an earlier program: people in clear are read as they are, then sealed, found by their traits, and gone from the
// file itself. A second pass has nothing to do.
func TestPeopleOfAnEarlierProgramAreSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db := openAt(t, path)
	for _, id := range []string{"somebody", "b", "c"} {
		putOld(t, db, docs.Write{Key: docs.Key{Kind: "person", ID: id}, Body: bytes.ReplaceAll(frozen(t, "person-1.json"), []byte("somebody"), []byte(id))})
	}
	putOld(t, db, docs.Write{Key: docs.Key{Kind: "certificate", ID: "S000012009999264000001"}, Body: frozen(t, "certificate-1.json"),
		Index: map[string]string{"token": "0123456789abcdefghjkmnpqrs"}})
	if found := leaks(files(t, filepath.Dir(path))); len(found) == 0 {
		t.Fatal("the control finds nothing")
	}
	s := store.New(db, ids.Random()).Guarded(vaultOf(t, 1))
	p, err := s.People().Person(ctx, "somebody")
	if err != nil || p.Name != secretName || p.IDNumber != secretNumber || p.Born.Year != 1900 || len(p.Trail) != 2 || p.Revision != 1 {
		t.Fatalf("as it stood: %v, %v", p, err)
	}
	done, err := s.Renew(ctx)
	if err != nil || done != (docs.Renewed{Written: 4, Clear: 4}) {
		t.Fatalf("%+v, %v", done, err)
	}
	for trait, parts := range people.TraitsOf(p) {
		if rows, _, err := s.People().PeopleWith(ctx, trait, parts, engine.Cursor{}); err != nil || len(rows) != 3 {
			t.Errorf("by %s: %d, %v", trait, len(rows), err)
		}
	}
	if found := leaks(append(files(t, filepath.Dir(path)), raw(t, db)...)); len(found) > 0 {
		t.Errorf("after the pass: %v", found)
	}
	if done, err = s.Renew(ctx); err != nil || done != (docs.Renewed{}) {
		t.Errorf("again: %+v, %v", done, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// 更换密钥：旧密钥加密的仍能打开，新写入的用新密钥；全部重新加密后不再需要旧密钥。少了新密钥或换了别的密钥的主机不能启动。
func TestRotationOfTheDataKey(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		of := func(materials ...byte) *store.Store {
			return store.New(db, ids.Random()).Guarded(vaultOf(t, materials...))
		}
		first := of(1)
		compare := func(want error, materials ...byte) {
			t.Helper()
			if err := of(materials...).CompareVault(ctx); !errors.Is(err, want) {
				t.Errorf("keys %v: %v, want %v", materials, err, want)
			}
		}
		compare(nil, 1)
		fill(t, first)
		if _, err := first.Renew(ctx); err != nil {
			t.Fatal(err)
		}
		compare(store.ErrVaultOther, 2)
		compare(nil, 1, 2)
		compare(store.ErrVaultMissing, 1)
		compare(store.ErrVaultOther, 1, 3)
		both := of(1, 2)
		if p, err := both.People().Person(ctx, "somebody"); err != nil || p.Name != secretName {
			t.Fatalf("sealed under the old key: %v", err)
		}
		if done, err := both.Renew(ctx); err != nil || done.Written != 6 || done.Clear != 0 {
			t.Fatalf("%+v, %v", done, err)
		}
		if p, err := of(2).People().Person(ctx, "somebody"); err != nil || p.Name != secretName {
			t.Errorf("with the new key alone: %v", err)
		}
		if _, err := first.People().Person(ctx, "somebody"); !errors.Is(err, vault.ErrKey) {
			t.Errorf("with the old key alone: %v", err)
		}
	})
}

// cut ends the pass after some writes, as a power cut does.
type cut struct {
	docs.Store
	mu   sync.Mutex
	left int
}

var errCut = errors.New("cut off")

func (c *cut) Put(ctx context.Context, w docs.Write) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left < 0 {
		return 0, errCut
	}
	return c.Store.Put(ctx, w)
}

// A pass that is cut off at any write goes on the next time; one that somebody writes into leaves their change standing.
func TestThePassGoesOn(t *testing.T) {
	db := storetest.OpenSQLite(t)
	for n := range 9 {
		id := string(rune('a' + n))
		putOld(t, db, docs.Write{Key: docs.Key{Kind: "person", ID: id}, Body: bytes.ReplaceAll(frozen(t, "person-1.json"), []byte("somebody"), []byte(id))})
	}
	v, written := vaultOf(t, 1), 0
	for tries := 0; ; tries++ {
		done, err := store.New(&cut{Store: db, left: 3}, ids.Random()).Guarded(v).Renew(ctx)
		if written += done.Written; err == nil {
			break
		}
		if !errors.Is(err, errCut) || tries > 9 {
			t.Fatal(err)
		}
	}
	if written != 9 || len(leaks(raw(t, db))) > 0 {
		t.Errorf("%d written, left in clear: %v", written, leaks(raw(t, db)))
	}
}

func TestThePassKeepsWhatIsWrittenMeanwhile(t *testing.T) {
	db := storetest.OpenSQLite(t)
	putOld(t, db, docs.Write{Key: docs.Key{Kind: "person", ID: "somebody"}, Body: frozen(t, "person-1.json")})
	s := store.New(db, ids.Random()).Guarded(vaultOf(t, 1))
	p, err := s.People().Person(ctx, "somebody")
	if err != nil {
		t.Fatal(err)
	}
	p.Phone = "19900000002"
	between := &before{Store: db, do: func() {
		if err := s.People().UpdatePerson(ctx, p); err != nil {
			t.Error(err)
		}
	}}
	if _, err := store.New(between, ids.Random()).Guarded(vaultOf(t, 1)).Renew(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err := s.People().Person(ctx, "somebody"); err != nil || got.Phone != p.Phone || got.Revision != 2 {
		t.Errorf("%s at %d, %v", got.Phone, got.Revision, err)
	}
}

// before does something once, before the first write to a person.
type before struct {
	docs.Store
	once sync.Once
	do   func()
}

func (b *before) Put(ctx context.Context, w docs.Write) (int64, error) {
	if w.Kind == "person" {
		b.once.Do(b.do)
	}
	return b.Store.Put(ctx, w)
}

// watch notes which kinds are written sealed and which in clear, in however many stores.
type watch struct {
	mu    sync.Mutex
	kinds map[string]bool
}

// Every kind is either in the list of those that are sealed, and always sealed, or never. The suites of all repositories
// write every kind.
func TestEveryKindIsSealedOrNot(t *testing.T) {
	w := &watch{kinds: map[string]bool{}}
	storetest.Repositories(t, func(t *testing.T) *store.Store {
		return store.New(&watched{w, storetest.OpenSQLite(t)}, ids.Random())
	})
	for kind, sealed := range w.kinds {
		if want := slices.Contains(store.SealedKinds(), kind); sealed != want {
			t.Errorf("%s is sealed: %v, listed: %v", kind, sealed, want)
		}
	}
	for _, kind := range store.SealedKinds() {
		if _, written := w.kinds[kind]; !written && kind != "certificate-card" { // as certificate-file, of the same table
			t.Errorf("no suite wrote %s", kind)
		}
	}
}

// watched is one store of several under one watch.
type watched struct {
	*watch
	docs.Store
}

func (w *watched) Put(ctx context.Context, d docs.Write) (int64, error) {
	w.mu.Lock()
	sealed, known := w.kinds[d.Kind]
	w.kinds[d.Kind] = vault.Sealed(d.Body) && (sealed || !known)
	w.mu.Unlock()
	return w.Store.Put(ctx, d)
}

// Ties that an earlier program wrote are found by their kind once the pass has gone over them, and nothing is sealed: they
// know people by their ids only.
func TestTiesOfAnEarlierProgramAreFound(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "x.db"))
	putOld(t, db, docs.Write{Key: docs.Key{Kind: "tie", ID: "old"}, Body: []byte(`{"schema":1,"data":{"id":"old","kind":"teaches","from":"person:p","to":"class:c"}}`),
		Index: map[string]string{"from": ids.Derive("node", "person:p"), "to": ids.Derive("node", "class:c")}})
	s := store.New(db, ids.Random()).Guarded(vaultOf(t, 1))
	for _, want := range []int{0, 1} {
		rows, _, err := s.Ties().TiesFrom(ctx, "person:p", separation.Teaches, engine.Cursor{})
		if err != nil || len(rows) != want {
			t.Errorf("%d ties, %v, want %d", len(rows), err, want)
		}
		if done, err := s.Renew(ctx); err != nil || done.Written != 1-want {
			t.Errorf("%+v, %v", done, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
