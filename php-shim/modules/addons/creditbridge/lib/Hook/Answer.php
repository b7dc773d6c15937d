<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

use WHMCS\Module\Addon\Creditbridge\Language;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Turns the service's result for an inline or veto item into what WHMCS expects of that hook (whmcs.md §4).
 */
final class Answer
{
    /** @param array $vars what WHMCS gave to the hook */
    public static function toWhmcs(string $hook, array $result, array $vars)
    {
        if (($result['mail'] ?? '') === 'hold' && $hook === 'EmailPreSend') {
            return ['abortsend' => true];
        }
        if (($result['cancel'] ?? '') === 'abort' && $hook === 'PreInvoiceAutomaticCancellation') {
            return ['abortCancel' => true];
        }
        if (is_array($result['veto'] ?? null) && $result['veto'] !== []) {
            return array_map([PageAnswer::class, 'escape'], array_values(array_filter($result['veto'], 'is_string')));
        }
        if (is_array($result['page'] ?? null)) {
            return PageAnswer::toWhmcs($hook, $result['page'], $vars);
        }
        return null;
    }

    /** The answer to a veto hook if the service cannot be asked: open or closed, as the admin chose. */
    public static function whenDown(string $hook, Settings $settings)
    {
        $isCheckout = in_array($hook, ['ShoppingCartValidateCheckout', 'ShoppingCartValidateUpgrade'], true);
        if (!$isCheckout || $settings->text('veto_when_down') !== 'closed') {
            return null;
        }
        return [Language::text('checkout_unavailable')];
    }
}
