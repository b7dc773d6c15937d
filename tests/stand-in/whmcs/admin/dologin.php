<?php

// STAND-IN, not WHMCS: an admin looks at the client area as the client's owner.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

StandIn\Admin\Admin::demand('View Clients Summary');
check_token('WHMCS.admin.default');
StandIn\Web\Client::masquerade((int) ($_POST['userid'] ?? 0));
StandIn\Web\Redirect::to('/clientarea.php');
