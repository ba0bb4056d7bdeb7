package docs

import (
	"reflect"
	"sync"
	"time"
)

// copier makes copies. It remembers what it found out about types, for asking them anew takes longer than the copying.
type copier struct{ known sync.Map }

// clone is a copy of what JSON was decoded into: nothing that can be changed in the one is shared with the other. What
// JSON does not fill, unexported fields and functions, is copied as it stands.
func clone[T any](k *copier, v *T) *T {
	c := *v
	k.deepen(reflect.ValueOf(&c).Elem())
	return &c
}

// deepen replaces what v shares with the value that it was copied from.
func (k *copier) deepen(v reflect.Value) {
	form := k.form(v.Type())
	if form.plain {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, i := range form.fields {
			k.deepen(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			k.deepen(v.Index(i))
		}
	case reflect.Slice:
		k.deepenSlice(v)
	case reflect.Map:
		k.deepenMap(v)
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		inner := reflect.New(v.Elem().Type()).Elem()
		inner.Set(v.Elem())
		k.deepen(inner)
		if v.Kind() == reflect.Pointer {
			inner = inner.Addr()
		}
		v.Set(inner)
	}
}

func (k *copier) deepenSlice(v reflect.Value) {
	if v.IsNil() {
		return
	}
	c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	reflect.Copy(c, v)
	if !k.form(v.Type().Elem()).plain {
		for i := range c.Len() {
			k.deepen(c.Index(i))
		}
	}
	v.Set(c)
}

func (k *copier) deepenMap(v reflect.Value) {
	if v.IsNil() {
		return
	}
	c := reflect.MakeMapWithSize(v.Type(), v.Len())
	key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
	for each := v.MapRange(); each.Next(); {
		key.SetIterKey(each)
		value.SetIterValue(each)
		k.deepen(value)
		c.SetMapIndex(key, value)
	}
	v.Set(c)
}

// form is what copying a value of a type takes.
type form struct {
	plain  bool  // a copy shares nothing that can be changed
	fields []int // of a struct, those that are exported and not plain
}

func (k *copier) form(t reflect.Type) *form {
	if is, ok := k.known.Load(t); ok {
		return is.(*form)
	}
	f := &form{plain: plain(t)}
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			if field := t.Field(i); field.IsExported() && !plain(field.Type) {
				f.fields = append(f.fields, i)
			}
		}
	}
	k.known.Store(t, f)
	return f
}

// plain reports whether a copy of a value of the type shares nothing that can be changed.
func plain(t reflect.Type) bool {
	if t == reflect.TypeFor[time.Time]() {
		return true
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
		return false
	case reflect.Array:
		return plain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !plain(t.Field(i).Type) {
				return false
			}
		}
	}
	return true
}
