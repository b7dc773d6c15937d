<?php

// STAND-IN, not WHMCS: the portal, the client area of addons at index.php?m=<name> (whmcs.md §6), notes at index.php/billing (§4.6).

declare(strict_types=1);

require __DIR__ . '/init.php';

use StandIn\Addon\AddonModules;
use StandIn\Web\Client;
use StandIn\Web\ClientArea\BillingNotePage;
use StandIn\Web\ClientPage;
use StandIn\Web\Redirect;

$path = (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (str_starts_with($path, '/index.php/billing/')) {
    BillingNotePage::handle(Client::demand('invoices'), $path);
    exit;
}
$module = (string) ($_GET['m'] ?? '');
if ($module === '') {
    Redirect::to('/clientarea.php');
}
if (!AddonModules::isActive($module) || !AddonModules::has($module, 'clientarea')) {
    http_response_code(404);
    ClientPage::show('denied', 'Page Not Found', ['permission' => '']);
    exit;
}
$variables = AddonModules::variables($module);
$area = AddonModules::call($module, 'clientarea', ['modulelink' => "index.php?m=$module"] + $variables);
if ($area['requirelogin'] ?? false) {
    Client::demand();
}
ClientPage::showModule($module, $area);
