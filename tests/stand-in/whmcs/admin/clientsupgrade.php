<?php

// STAND-IN, not WHMCS: upgrade or downgrade of a service.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\UpgradePage::handle((int) ($_GET['id'] ?? 0));
