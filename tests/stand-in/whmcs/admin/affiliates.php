<?php

// STAND-IN, not WHMCS: a client's affiliate account.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\AffiliatePage::handle((int) ($_GET['userid'] ?? 0));
