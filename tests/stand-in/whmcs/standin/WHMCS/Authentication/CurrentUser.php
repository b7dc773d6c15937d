<?php

declare(strict_types=1);

namespace WHMCS\Authentication;

use WHMCS\User\Admin;
use WHMCS\User\Client;
use WHMCS\User\User;

/** Who is logged in (whmcs.md §6, 8.0 and later). */
final class CurrentUser
{
    public function client(): ?Client
    {
        return isset($_SESSION['uid']) ? Client::find((int) $_SESSION['uid']) : null;
    }

    public function user(): ?User
    {
        return isset($_SESSION['standin_user']) ? User::find((int) $_SESSION['standin_user']) : null;
    }

    public function admin(): ?Admin
    {
        return isset($_SESSION['adminid']) ? Admin::find((int) $_SESSION['adminid']) : null;
    }

    public function isAuthenticatedUser(): bool
    {
        return $this->user() !== null;
    }

    public function isAuthenticatedAdmin(): bool
    {
        return $this->admin() !== null;
    }

    /** An admin who logged in as this client. */
    public function isMasqueradingAdmin(): bool
    {
        return isset($_SESSION['adminid'], $_SESSION['uid'], $_SESSION['standin_masquerading']);
    }
}
