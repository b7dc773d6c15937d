<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Addon\AddonModules;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Permissions;
use StandIn\Platform\Settings;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Token;

/** The frame of admin pages, with the output hooks where WHMCS has them (whmcs.md §4.6). */
final class AdminPage
{
    private const MENU = [
        'index.php' => 'Home', 'clients.php' => 'Clients', 'invoices.php' => 'Billing', 'configaddonmods.php' => 'Addon Modules',
        'configgeneral.php' => 'Credit Settings', 'systememaillog.php' => 'Logs', 'standin.php' => 'Stand-in',
    ];

    /** @param string $content Safe HTML. */
    public static function show(string $title, string $content): void
    {
        header('X-Stand-In: This is a stand-in, not WHMCS.');
        $file = basename((string) $_SERVER['SCRIPT_NAME'], '.php');
        $admin = Db::table('tbladmins')->where('id', Admin::id())->first();
        $vars = [
            'filename' => $file, 'pagetitle' => $title, 'template' => 'standin', 'adminid' => Admin::id(),
            'admin_username' => $admin->username, 'admin_perms' => Permissions::ofAdmin(Admin::id()),
            'addon_modules' => self::addons(), 'csrfToken' => Token::plain(), 'jquerycode' => '', 'jscode' => '',
        ];
        $output = static fn (string $part): string
            => implode("\n", array_filter(run_hook("AdminArea{$part}Output", $vars), 'is_string'));
        $flash = Flash::take();
        $alert = $flash === null ? '' : "<div class=\"alert alert-{$flash[0]}\">" . Html::text($flash[1]) . '</div>';
        echo '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            . '<meta name="viewport" content="width=device-width, initial-scale=1"><title>' . Html::text($title)
            . ' - Admin (stand-in)</title><link rel="stylesheet" href="/assets/css/standin.css">' . $output('Head')
            . '</head><body class="admin-area"><div class="standin-notice">This is a stand-in for tests and demonstrations, '
            . 'not WHMCS.</div>' . self::top($file, (string) $admin->username) . '<div class="admin-body">'
            . self::sidebar() . '<main class="admin-content" id="contentarea">' . $output('Header') . '<h1>'
            . Html::text($title) . "</h1>$alert$content</main></div><script>var csrfToken = '" . Token::plain() . "';</script>"
            . $output('Footer') . '</body></html>';
    }

    /** A window without the frame, as Manage Credits is. */
    public static function popup(string $title, string $content): void
    {
        $flash = Flash::take();
        $alert = $flash === null ? '' : "<div class=\"alert alert-{$flash[0]}\">" . Html::text($flash[1]) . '</div>';
        echo '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>' . Html::text($title)
            . ' (stand-in)</title><link rel="stylesheet" href="/assets/css/standin.css"></head><body class="popup">'
            . '<div class="standin-notice">This is a stand-in, not WHMCS.</div><h1>' . Html::text($title)
            . "</h1>$alert$content</body></html>";
    }

    /** @return array<string, string> Active addons this admin's role may open. */
    private static function addons(): array
    {
        $addons = [];
        foreach (AddonModules::available() as $module) {
            if (AddonModules::isActive($module) && in_array(Admin::roleId(), AddonModules::roles($module), true)) {
                $addons[$module] = (string) AddonModules::config($module)['name'];
            }
        }
        return $addons;
    }

    private static function top(string $file, string $username): string
    {
        $items = '';
        foreach (self::MENU as $target => $label) {
            $active = basename($target, '.php') === $file ? ' class="active"' : '';
            $items .= "<li$active><a href=\"/admin/$target\">$label</a></li>";
        }
        return '<header class="admin-top"><a class="logo" href="/admin/index.php">' . Html::text(Settings::get('CompanyName'))
            . "</a><ul>$items</ul><span class=\"who\">" . Html::text($username) . ' &middot; ' . Html::text(Clock::now())
            . ' &middot; <a href="/clientarea.php">Client Area</a> &middot; <a href="/admin/logout.php">Logout</a></span></header>';
    }

    private static function sidebar(): string
    {
        $addons = '';
        foreach (self::addons() as $module => $name) {
            $addons .= '<li><a href="/admin/addonmodules.php?module=' . Html::text($module) . '">' . Html::text($name) . '</a></li>';
        }
        $addons = $addons === '' ? '<li class="text-muted">None active</li>' : $addons;
        return '<aside class="admin-sidebar"><h4>Shortcuts</h4><ul><li><a href="/admin/clients.php">View/Search Clients</a></li>'
            . '<li><a href="/admin/invoices.php">Invoices</a></li><li><a href="/admin/invoices.php?filter=Unpaid">Unpaid Invoices</a></li>'
            . "</ul><h4>Addons</h4><ul>$addons</ul><h4>System</h4><ul>"
            . '<li><a href="/admin/systememaillog.php">Email Message Log</a></li>'
            . '<li><a href="/admin/systemactivitylog.php">Activity Log</a></li>'
            . '<li><a href="/admin/systemmodulelog.php">Module Log</a></li>'
            . '<li><a href="/admin/systemerrorlog.php">Error Log</a></li></ul><h4>Stand-in</h4><ul>'
            . '<li><a href="/admin/standin.php">Cron and clock</a></li><li><a href="/admin/standin.php?page=switches">Switches</a></li>'
            . '<li><a href="/admin/standin.php?page=money">Money log</a></li><li><a href="/admin/standin.php?page=events">Event log</a></li>'
            . '<li><a href="/admin/standin.php?page=gateway">Test gateway</a></li></ul></aside>';
    }
}
