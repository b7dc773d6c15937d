<?php

// STAND-IN, not WHMCS: the client list.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\ClientListPage::handle();
