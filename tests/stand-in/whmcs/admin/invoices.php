<?php

// STAND-IN, not WHMCS: the invoice list and an invoice's own page.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\InvoicesPage::handle();
