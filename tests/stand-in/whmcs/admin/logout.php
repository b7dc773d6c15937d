<?php

// STAND-IN, not WHMCS: ends the admin's session.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

$_SESSION = [];
StandIn\Web\Redirect::to('/admin/login.php');
