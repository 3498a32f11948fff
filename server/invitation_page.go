package server

import (
	"context"
	"net/url"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/identity"
)

func invitedBy(ctx context.Context, app *clientele.Clientele, token identity.Secret) (identity.Invited, error) {
	return app.Companies.Invited(ctx, token)
}

// acceptByForm registers whoever has the invitation or, if a user has its address, asks
// for their password. The address is the invitation's, whatever the form says.
func acceptByForm(ctx context.Context, c *Call, token identity.Secret, form url.Values) error {
	invited, err := c.App.Companies.Invited(ctx, token)
	if err != nil {
		return err
	}
	password := identity.Secret(form.Get("password"))
	if invited.Registered {
		_, err = c.accounts().AcceptAs(ctx, invited.Email, password, token)
		return err
	}
	_, _, err = c.accounts().RegisterInvited(ctx, token, identity.NewUser{
		Profile: identity.Profile{FirstName: form.Get("firstName"), LastName: form.Get("lastName")},
		Email:   invited.Email, Password: password,
	})
	return err
}
