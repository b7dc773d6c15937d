<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

/**
 * What the service adds to a client page: template variables, and a notice.
 *
 * The header hook of the same page shows the notice, but on an invoice: the official themes print that page without
 * header, menus and the outputs of hooks. On 9.x its template shows `customAlert` (whmcs.md §4.6). On 8.x it shows
 * `notes`, the invoice's own, as HTML in a panel (seen in the public templates Six and Twenty-One of 8.x); the notice
 * is put before what stands there.
 */
final class PageAnswer
{
    /** @var array|null for the header hook of the same page */
    private static $notice;

    /**
     * Template variables (whmcs.md §4.6); money is formatted with WHMCS's own function.
     *
     * @param array $given the page's own variables, as WHMCS gives them to the hook
     */
    public static function toWhmcs(string $hook, array $page, array $given): array
    {
        $vars = [];
        foreach (is_array($page['vars'] ?? null) ? $page['vars'] : [] as $name => $value) {
            $vars[$name] = is_array($value) && isset($value['amount'], $value['currency'])
                ? formatCurrency($value['amount'], (int) $value['currency']) : $value;
        }
        if (is_array($page['gateways'] ?? null) && is_array($given['gateways'] ?? null)) {
            // By WHMCS's own names, which are the list's keys; some themes are given them as a member too (whmcs.md §2.3).
            $vars['gateways'] = array_filter($given['gateways'], static function ($gateway, $name) use ($page): bool {
                $own = is_array($gateway) && isset($gateway['sysname']) ? $gateway['sysname'] : $name;
                return in_array((string) $own, $page['gateways'], true);
            }, ARRAY_FILTER_USE_BOTH);
        }
        $notice = $page['notice'] ?? null;
        if (is_array($notice)) {
            if ($hook !== 'ClientAreaPageViewInvoice') {
                self::$notice = $notice;
            } elseif (version_compare((string) ($GLOBALS['CONFIG']['Version'] ?? '0'), '9.0.0', '>=')) {
                $vars['customAlert'] = $notice;
            } else {
                $own = is_scalar($given['notes'] ?? null) ? (string) $given['notes'] : '';
                $vars['notes'] = self::words($notice) . ($own === '' ? '' : '<br><br>' . $own);
            }
        }
        return $vars;
    }

    /** Returns the notice as HTML, once; '' if there is none. */
    public static function noticeHtml(): string
    {
        $notice = self::$notice;
        self::$notice = null;
        if ($notice === null) {
            return '';
        }
        $type = in_array($notice['type'] ?? '', ['success', 'info', 'warning', 'danger'], true)
            ? $notice['type'] : 'info';

        return '<div class="alert alert-' . $type . ' creditbridge-notice" role="status">' . self::words($notice) . '</div>';
    }

    /** Title and message as HTML. */
    private static function words(array $notice): string
    {
        return '<strong>' . htmlspecialchars((string) ($notice['title'] ?? ''), ENT_QUOTES, 'UTF-8') . '</strong> '
            . htmlspecialchars((string) ($notice['message'] ?? ''), ENT_QUOTES, 'UTF-8');
    }
}
