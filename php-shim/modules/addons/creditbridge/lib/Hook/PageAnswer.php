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
                ? formatCurrency($value['amount'], (int) $value['currency'])
                // It may stand in an attribute.
                : (is_string($value) ? htmlspecialchars($value, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8') : $value);
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
                $vars['customAlert'] = [
                    'type' => self::type($notice),
                    'title' => self::text($notice, 'title'),
                    'message' => self::text($notice, 'message'),
                ];
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
        return '<div class="alert alert-' . self::type($notice) . ' creditbridge-notice" role="status">'
            . self::words($notice) . '</div>';
    }

    /** Title and message as HTML. */
    private static function words(array $notice): string
    {
        return '<strong>' . self::text($notice, 'title') . '</strong> ' . self::text($notice, 'message');
    }

    private static function type(array $notice): string
    {
        $type = $notice['type'] ?? '';

        return in_array($type, ['success', 'info', 'warning', 'danger'], true) ? $type : 'info';
    }

    private static function text(array $notice, string $member): string
    {
        return is_string($notice[$member] ?? null) ? self::escape($notice[$member]) : '';
    }

    /**
     * A text between tags, where quotes mean nothing. Templates of WHMCS print it as it is, and a rule may repeat what a visitor
     * typed.
     */
    public static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_NOQUOTES | ENT_SUBSTITUTE, 'UTF-8');
    }
}
