<?php

// STAND-IN, not WHMCS: ends the client's session; an admin who looked on stays logged in as an admin.

declare(strict_types=1);

require __DIR__ . '/init.php';

unset($_SESSION['uid'], $_SESSION['standin_user'], $_SESSION['standin_masquerading']);
StandIn\Web\Redirect::to('/clientarea.php');
