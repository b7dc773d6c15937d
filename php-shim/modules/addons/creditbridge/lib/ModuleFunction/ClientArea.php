<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\ModuleFunction;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Language;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Page\Forward;
use WHMCS\Module\Addon\Creditbridge\Page\Said;
use WHMCS\Module\Addon\Creditbridge\Page\Viewer;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * The client's page at index.php?m=creditbridge (whmcs.md §6).
 */
final class ClientArea
{
    const BASE = 'index.php?m=creditbridge';

    public static function render(array $vars): array
    {
        if (($_SERVER['REQUEST_METHOD'] ?? 'GET') === 'POST') {
            check_token('WHMCS.default');
        }
        $shown = ['title' => Language::text('client_title'), 'html' => '', 'message' => '', 'redirect' => null];
        try {
            $shown = self::ask() + $shown;
        } catch (ServiceDown $down) {
            $shown['message'] = Language::text('client_unavailable');
        } catch (Throwable $fault) {
            Log::fault('client page', $fault);
            $shown['message'] = Language::text('client_unavailable');
        }
        if ($shown['redirect'] !== null) {
            Said::remember($shown['redirect']);
            header('Location: ' . self::BASE . '&' . $shown['redirect'], true, 303);
            exit;
        }
        return [
            'pagetitle' => $shown['title'],
            'breadcrumb' => [self::BASE => Language::text('client_title')],
            'templatefile' => 'templates/clientarea',
            'requirelogin' => true,
            'vars' => [
                'creditbridgeHtml' => $shown['html'],
                'creditbridgeMessage' => $shown['message'],
            ],
        ];
    }

    /** @throws ServiceDown */
    private static function ask(): array
    {
        $viewer = Viewer::client();
        if ($viewer === null) {
            return [];
        }
        if (!in_array('invoices', $viewer['permissions'], true)) {
            return ['message' => Language::text('client_forbidden')];
        }
        $page = $_GET['page'] ?? '';
        $isName = is_string($page) && preg_match('/^[a-z0-9-]+(\/[a-z0-9-]+)*$/D', $page) && strlen($page) <= 128;
        $page = $isName ? $page : 'credit';

        $isPost = ($_SERVER['REQUEST_METHOD'] ?? 'GET') === 'POST';

        return (new Forward(Settings::load()))->ask($viewer, $page, self::BASE, $isPost);
    }
}
