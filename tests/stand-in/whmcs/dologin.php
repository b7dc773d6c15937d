<?php

// STAND-IN, not WHMCS: the client area's log-in.

declare(strict_types=1);

require __DIR__ . '/init.php';

use StandIn\Web\Client;
use StandIn\Web\Flash;
use StandIn\Web\Redirect;

check_token('WHMCS.default');
if (!Client::logIn((string) ($_POST['username'] ?? ''), (string) ($_POST['password'] ?? ''))) {
    Flash::set('danger', 'Login Details Incorrect. Please try again.');
    Redirect::to('/clientarea.php');
}
$back = (string) ($_SESSION['standin_back'] ?? '/clientarea.php');
unset($_SESSION['standin_back']);
Redirect::to(str_starts_with($back, '/') ? $back : '/clientarea.php');
