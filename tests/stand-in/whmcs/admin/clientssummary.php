<?php

// STAND-IN, not WHMCS: a client's Summary tab.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\ClientSummaryPage::handle((int) ($_GET['userid'] ?? 0));
