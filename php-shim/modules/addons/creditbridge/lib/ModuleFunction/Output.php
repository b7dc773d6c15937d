<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\ModuleFunction;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\DatabaseFault;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Page\AdminPage;
use WHMCS\Module\Addon\Creditbridge\Page\Html;

/**
 * The addon page.
 */
final class Output
{
    public static function render(array $vars): string
    {
        try {
            $page = new AdminPage((string) ($vars['modulelink'] ?? 'addonmodules.php?module=creditbridge'));
            $html = $page->render();
        } catch (Throwable $fault) {
            Log::fault('addon page', $fault);
            return Html::flash('bad', 'Credit Bridge cannot show this page: ' . DatabaseFault::words($fault));
        }
        if ($page->redirect() !== '') {
            header('Location: ' . $page->redirect(), true, 303);
            exit;
        }
        return $html;
    }
}
