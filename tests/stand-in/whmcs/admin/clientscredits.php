<?php

// STAND-IN, not WHMCS: the Manage Credits popup.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\ManageCreditsPage::handle((int) ($_GET['userid'] ?? 0));
