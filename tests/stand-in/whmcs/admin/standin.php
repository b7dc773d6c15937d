<?php

// STAND-IN, not WHMCS: cron button, clock, switches, money log.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\StandInPage::handle((string) ($_GET['page'] ?? ''));
