<?php

// STAND-IN, not WHMCS: an addon's own page.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\AddonPage::handle((string) ($_GET['module'] ?? ''));
