<?php

declare(strict_types=1);

namespace StandIn\Web;

use StandIn\Platform\Db;
use StandIn\Platform\Settings;
use WHMCS\View\Menu\Item;

/** A page of the client area, rendered by Smarty after the hooks had their say (whmcs.md §4.6). */
final class ClientPage
{
    /**
     * @param array<string, mixed> $vars
     * @param string $point The page's own ClientAreaPage… hook beside ClientAreaPage.
     */
    public static function show(string $template, string $title, array $vars = [], string $point = ''): void
    {
        $vars = self::withHooks($vars + self::common($template, $title), $point);
        self::render($vars, static fn (\Smarty $smarty): string => $smarty->fetch("$template.tpl"));
    }

    /**
     * A page that the official themes print without header, menus and what the output hooks give: the invoice (§4.6).
     *
     * @param array<string, mixed> $vars
     */
    public static function showAlone(string $template, string $title, array $vars, string $point): void
    {
        header('X-Stand-In: This is a stand-in, not WHMCS.');
        $vars = self::withHooks($vars + self::common($template, $title), $point);
        $smarty = Templates::smarty();
        $smarty->setEscapeHtml(true);
        $smarty->assign($vars + ['flash' => Flash::take()]);
        $smarty->display("$template.tpl");
    }

    /** The client area of an addon: its template without automatic escaping, as WHMCS renders it (whmcs.md §6). */
    public static function showModule(string $module, array $area): void
    {
        $vars = ($area['vars'] ?? []) + self::common((string) $area['templatefile'], (string) ($area['pagetitle'] ?? ''));
        $vars['breadcrumb'] = $area['breadcrumb'] ?? [];
        $vars = self::withHooks($vars, 'ClientAreaPageAddonModule');
        $plain = Templates::smarty();
        $plain->assign($vars);
        $html = $plain->fetch(ROOTDIR . "/modules/addons/$module/{$area['templatefile']}.tpl");
        self::render($vars, static fn (): string => $html);
    }

    /** @param array<string, mixed> $vars */
    private static function render(array $vars, callable $body): void
    {
        header('X-Stand-In: This is a stand-in, not WHMCS.');
        $outputs = [];
        foreach (['Head', 'Header', 'Footer'] as $part) {
            $outputs[strtolower($part) . 'output'] = implode("\n", array_filter(
                run_hook("ClientArea{$part}Output", $vars),
                'is_string'
            ));
        }
        $smarty = Templates::smarty();
        $smarty->setEscapeHtml(true);
        $smarty->assign($vars + $outputs + self::menus() + ['flash' => Flash::take()]);
        $smarty->assign('content', $body($smarty));
        $smarty->display('layout.tpl');
    }

    /** @param array<string, mixed> $vars @return array<string, mixed> */
    private static function withHooks(array $vars, string $point): array
    {
        foreach (array_filter(['ClientAreaPage', $point]) as $name) {
            foreach (run_hook($name, $vars) as $result) {
                $vars = is_array($result) ? array_merge($vars, $result) : $vars;
            }
        }
        return $vars;
    }

    /** @return array<string, mixed> */
    private static function common(string $template, string $title): array
    {
        $client = Client::id() === 0 ? null : Db::table('tblclients')->where('id', Client::id())->first();
        return [
            'filename' => basename((string) $_SERVER['SCRIPT_NAME'], '.php'), 'template' => 'standin',
            'templatefile' => $template, 'language' => 'english', 'token' => Token::plain(),
            'systemurl' => Settings::get('SystemURL'), 'WEB_ROOT' => '', 'pagetitle' => $title,
            'companyname' => Settings::get('CompanyName'), 'loggedin' => $client !== null,
            'clientname' => $client === null ? '' : trim("$client->firstname $client->lastname"),
            'masquerading' => isset($_SESSION['standin_masquerading']), 'version' => Settings::get('Version'),
        ];
    }

    /** @return array{primaryNavbar: Item, secondaryNavbar: Item, primarySidebar: Item, secondarySidebar: Item} */
    private static function menus(): array
    {
        $menus = [];
        foreach (['Navbar', 'Sidebar'] as $kind) {
            foreach (['Primary', 'Secondary'] as $rank) {
                $menu = new Item("$rank $kind");
                if ("$rank $kind" === 'Primary Navbar') {
                    self::fillNavbar($menu);
                }
                run_hook("ClientArea$rank$kind", $menu);
                $menus[lcfirst($rank) . $kind] = $menu;
            }
        }
        return $menus;
    }

    private static function fillNavbar(Item $menu): void
    {
        $menu->addChild('Home', ['label' => 'Home', 'uri' => '/clientarea.php', 'order' => 10]);
        $menu->addChild('Store', ['label' => 'Store', 'uri' => '/cart.php', 'order' => 20]);
        if (Client::id() !== 0) {
            $billing = $menu->addChild('Billing', ['label' => 'Billing', 'uri' => '#', 'order' => 30]);
            $billing->addChild('My Invoices', ['uri' => '/clientarea.php?action=invoices', 'order' => 10]);
            $billing->addChild('Add Funds', ['uri' => '/clientarea.php?action=addfunds', 'order' => 20]);
            $billing->addChild('Mass Payment', ['uri' => '/clientarea.php?action=masspay', 'order' => 30]);
        }
    }
}
