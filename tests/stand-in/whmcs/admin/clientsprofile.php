<?php

// STAND-IN, not WHMCS: a client's Profile tab.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\ClientProfilePage::handle((int) ($_GET['userid'] ?? 0));
