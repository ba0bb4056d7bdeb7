package offline

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"github.com/skillcert/skillcert/engine/clock"
)

// Claims are what the document says, as it is printed.
type Claims struct {
	Number         string     // key 1: certificate number
	Name           string     // key 2
	Level          int        // key 3: 5 (五级) to 1 (一级)
	OccupationCode string     // key 4
	WorkType       string     // key 5, left out when the occupation has none
	Issued         clock.Date // key 6, as the number YYYYMMDD
	Edition        int        // key 7: of the document, from 1
	IDTail         string     // key 8: the last 4 characters of the ID number, or as many as are printed: of a short one none
	Photo          []byte     // key 9: the first PhotoDigest bytes of the SHA-256 of the photo, no bytes when there is none
	StatusList     int        // key 10: number of the status list
	StatusIndex    int        // key 11: place in it
	Org            string     // key 12: short name of the body
}

// wire is the map on the wire.
type wire struct {
	Number         string `cbor:"1,keyasint"`
	Name           string `cbor:"2,keyasint"`
	Level          uint8  `cbor:"3,keyasint"`
	OccupationCode string `cbor:"4,keyasint"`
	WorkType       string `cbor:"5,keyasint,omitempty"`
	Issued         uint32 `cbor:"6,keyasint"`
	Edition        uint16 `cbor:"7,keyasint"`
	IDTail         string `cbor:"8,keyasint"`
	Photo          []byte `cbor:"9,keyasint"`
	StatusList     uint32 `cbor:"10,keyasint"`
	StatusIndex    uint32 `cbor:"11,keyasint"`
	Org            string `cbor:"12,keyasint"`
}

// Bounds of the numbers among the claims.
const (
	maxEdition = 999
	maxList    = 999_999_999
	maxIndex   = 131_071 // of the shortest status list of the recommendation
)

// Check answers ErrClaims for what Encode would refuse, so that it can be asked before there is something to sign.
func (c Claims) Check() error {
	if f := c.fault(); f != "" {
		return ErrClaims.With("%s", f)
	}
	return nil
}

// fault names the first claim that a code cannot hold, or is empty.
func (c Claims) fault() string {
	switch {
	case !plain(c.Number, 8, 32), !plain(c.Name, 1, maxString), !plain(c.OccupationCode, 1, 32):
		return "编号、姓名或职业编码"
	case c.WorkType != "" && !plain(c.WorkType, 1, maxString), !plain(c.Org, 1, maxString), !plain(c.IDTail, 0, 16):
		return "工种、机构或证件号码"
	case c.Level < 1 || c.Level > 5:
		return "等级"
	case !real(c.Issued):
		return "发证日期"
	case c.Edition < 1 || c.Edition > maxEdition:
		return "版次"
	case len(c.Photo) != 0 && len(c.Photo) != PhotoDigest:
		return "照片摘要"
	case c.StatusList < 0 || c.StatusList > maxList, c.StatusIndex < 0 || c.StatusIndex > maxIndex:
		return "状态列表"
	}
	return ""
}

// plain reports whether s has a proper length in bytes and nothing in it that a reader would not see.
func plain(s string, least, most int) bool {
	if len(s) < least || len(s) > most || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) {
			return false
		}
	}
	return true
}

func real(d clock.Date) bool {
	return d.Year >= 2000 && d.Year <= 9999 && clock.DateOf(d.In(time.UTC), time.UTC) == d
}

func (c Claims) wire() wire {
	return wire{Number: c.Number, Name: c.Name, Level: uint8(c.Level), OccupationCode: c.OccupationCode, WorkType: c.WorkType,
		Issued: uint32(c.Issued.Year*10000 + int(c.Issued.Month)*100 + c.Issued.Day), Edition: uint16(c.Edition), IDTail: c.IDTail,
		Photo: append([]byte{}, c.Photo...), StatusList: uint32(c.StatusList), StatusIndex: uint32(c.StatusIndex), Org: c.Org}
}

func (w wire) claims() Claims {
	return Claims{Number: w.Number, Name: w.Name, Level: int(w.Level), OccupationCode: w.OccupationCode, WorkType: w.WorkType,
		Issued:  clock.Date{Year: int(w.Issued / 10000), Month: time.Month(w.Issued / 100 % 100), Day: int(w.Issued % 100)},
		Edition: int(w.Edition), IDTail: w.IDTail, Photo: w.Photo, StatusList: int(w.StatusList), StatusIndex: int(w.StatusIndex), Org: w.Org}
}

func encodeClaims(c Claims) ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, fmt.Errorf("encode claims: %w", err)
	}
	data, err := mode.Marshal(c.wire())
	if err != nil {
		return nil, fmt.Errorf("encode claims: %w", err)
	}
	return data, nil
}

// decodeClaims leaves the comparison with the one encoding to the caller.
func decodeClaims(data []byte) (Claims, error) {
	mode, err := cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF, MaxNestedLevels: 4, MaxArrayElements: 16, MaxMapPairs: 16,
		IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden, ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		UTF8: cbor.UTF8RejectInvalid}.DecMode()
	if err != nil {
		return Claims{}, fmt.Errorf("decode claims: %w", err)
	}
	var w wire
	if mode.Unmarshal(data, &w) != nil {
		return Claims{}, ErrCode
	}
	c := w.claims()
	if c.fault() != "" {
		return Claims{}, ErrCode
	}
	return c, nil
}
