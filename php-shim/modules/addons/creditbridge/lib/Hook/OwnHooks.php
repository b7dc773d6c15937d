<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

use WHMCS\Module\Addon\Creditbridge\Installation\Configuration;
use WHMCS\Module\Addon\Creditbridge\Language;
use WHMCS\Module\Addon\Creditbridge\Page\Alert;
use WHMCS\Module\Addon\Creditbridge\Page\ProposalsAlert;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Work\CronWork;

/**
 * The shim's own work on some hooks, beside forwarding them.
 */
final class OwnHooks
{
    /** hooks.php has the same list, because it loads no class. */
    const NAMES = [
        'AfterCronJob', 'PreCronJob', 'DailyCronJob', 'AddonModuleConfigSave',
        'ClientAreaHeaderOutput', 'ClientAreaPrimaryNavbar', 'AdminHomepage',
        'PreShoppingCartCheckout', 'AfterShoppingCartCheckout',
    ];

    public static function has(string $hook): bool
    {
        return in_array($hook, self::NAMES, true);
    }

    /** @param mixed $result the result of forwarding the same hook */
    public static function handle(string $hook, $vars, Settings $settings, $result)
    {
        switch ($hook) {
            case 'AfterCronJob':
            case 'PreCronJob':
            case 'DailyCronJob':
                CronWork::run($hook);
                return $result;
            case 'AddonModuleConfigSave':
                Configuration::take($settings);
                return $result;
            case 'PreShoppingCartCheckout':
                Checkout::begin();
                return $result;
            case 'AfterShoppingCartCheckout':
                Checkout::end();
                return $result;
            case 'ClientAreaHeaderOutput':
                return PageAnswer::noticeHtml();
            case 'AdminHomepage':
                return Alert::html($settings) . ProposalsAlert::html();
            default:
                self::addNavigation($vars, $settings);
                return null;
        }
    }

    /** Adds "Credit" to the client area's menu, under Billing if the theme has it (whmcs.md §4.6). */
    private static function addNavigation($menu, Settings $settings): void
    {
        $isClient = isset($_SESSION['uid']) || isset($_SESSION['login_auth_tk']);
        if (!$isClient || !$settings->isPaired() || !is_object($menu) || !method_exists($menu, 'addChild')) {
            return;
        }
        $parent = method_exists($menu, 'getChild') && $menu->getChild('Billing') !== null
            ? $menu->getChild('Billing') : $menu;
        $parent->addChild('Credit Bridge', [
            'label' => Language::text('navigation'),
            'uri' => 'index.php?m=creditbridge',
            'order' => 95,
        ]);
    }
}
