package errs

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// Undecoded says in plain words what encoding/json refused: the name of a field that nobody asks for, of one of another
// type, or, without a name, that the text is no JSON.
func Undecoded(err error) Field {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return Field{Name: kind.Field, Code: "type", Msg: "内容的类型不对，例如数字写成了文字"}
	}
	if quoted, found := strings.CutPrefix(err.Error(), "json: unknown field "); found { // the library has no type for it
		if name, err := strconv.Unquote(quoted); err == nil {
			return Field{Name: name, Code: "unknown", Msg: "没有“" + name + "”这一项"}
		}
	}
	return Field{Code: "json", Msg: "不是正确的 JSON"}
}
