package core_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestMoneyHasTheDecimalsOfItsCurrency(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		amount, currency string
		minor            int64
		written          string
	}{
		{"1250.00", "BRL", 125000, "1250.00"},
		{"1250", "BRL", 125000, "1250.00"},
		{"0.05", "USD", 5, "0.05"},
		{"-0.05", "USD", -5, "-0.05"},
		{"-3", "USD", -300, "-3.00"},
		{"007.5", "USD", 750, "7.50"},
		{"-0", "USD", 0, "0.00"},
		{"1250", "JPY", 1250, "1250"},
		{"1.234", "KWD", 1234, "1.234"},
		{"9999999999999.99", "USD", 999999999999999, "9999999999999.99"},
	} {
		m, err := core.ParseMoney(c.amount, c.currency)
		require.NoError(t, err, c.amount)
		require.Equal(t, core.Money{Minor: c.minor, Currency: c.currency}, m)
		require.Equal(t, c.written, m.Amount())
		require.Equal(t, c.written+" "+c.currency, m.String())
	}
}

func TestMoneyThatIsNone(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"1.005", "USD"}, {"1.0", "JPY"}, {"1.2345", "KWD"}, {"10000000000000.00", "USD"}, {"", "USD"}, {"-", "USD"}, {".5", "USD"},
		{"5.", "USD"}, {"1e3", "USD"}, {"+1", "USD"}, {"1,5", "USD"}, {"--1", "USD"}, {"1.-5", "USD"}, {" 1", "USD"}, {"٣", "USD"},
		{"1", "usd"}, {"1", "XYZ"}, {"1", ""}, {"1", "DOLLARS"},
	} {
		_, err := core.ParseMoney(c[0], c[1])
		require.ErrorIs(t, err, core.ErrInvalid, "%q of %q", c[0], c[1])
	}
}

func TestMoneyIsTextInJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(core.Money{Minor: 125000, Currency: "BRL"})
	require.NoError(t, err)
	require.JSONEq(t, `{"amount":"1250.00","currency":"BRL"}`, string(text))
	var m core.Money
	require.NoError(t, json.Unmarshal(text, &m))
	require.Equal(t, core.Money{Minor: 125000, Currency: "BRL"}, m)
	require.Error(t, json.Unmarshal([]byte(`{"amount":1250.5,"currency":"BRL"}`), &m), "a float")
	require.ErrorIs(t, json.Unmarshal([]byte(`{"amount":"1.005","currency":"BRL"}`), &m), core.ErrInvalid)
}

func FuzzParseMoney(f *testing.F) {
	f.Add("1250.00", "BRL")
	f.Add("-0.001", "KWD")
	f.Add("7", "JPY")
	f.Fuzz(func(t *testing.T, amount, currency string) {
		m, err := core.ParseMoney(amount, currency)
		if err != nil {
			require.ErrorIs(t, err, core.ErrInvalid)
			return
		}
		again, err := core.ParseMoney(m.Amount(), m.Currency)
		require.NoError(t, err)
		require.Equal(t, m, again)
	})
}
