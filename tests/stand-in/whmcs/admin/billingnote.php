<?php

// STAND-IN, not WHMCS: a credit or debit note for staff, which the router finds by WHMCS's own address.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\BillingNotePage::handle((string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
