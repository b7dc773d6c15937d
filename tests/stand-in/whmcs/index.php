<?php

// STAND-IN, not WHMCS: the portal, and the client area of addons at index.php?m=<name> (whmcs.md §6).

declare(strict_types=1);

require __DIR__ . '/init.php';

use StandIn\Addon\AddonModules;
use StandIn\Web\Client;
use StandIn\Web\ClientPage;
use StandIn\Web\Redirect;

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
