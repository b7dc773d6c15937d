<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

/**
 * What the service adds to a client page: template variables, and a notice.
 */
final class PageAnswer
{
    /** @var array|null the header hook of the same page shows it */
    private static $notice;

    /** Template variables (whmcs.md §4.6); money is formatted with WHMCS's own function. */
    public static function toWhmcs(string $hook, array $page): array
    {
        $vars = [];
        foreach (is_array($page['vars'] ?? null) ? $page['vars'] : [] as $name => $value) {
            $vars[$name] = is_array($value) && isset($value['amount'], $value['currency'])
                ? formatCurrency($value['amount'], (int) $value['currency']) : $value;
        }
        $notice = $page['notice'] ?? null;
        if (is_array($notice)) {
            $isShownByTemplate = $hook === 'ClientAreaPageViewInvoice'
                && version_compare((string) ($GLOBALS['CONFIG']['Version'] ?? '0'), '9.0.0', '>=');
            if ($isShownByTemplate) {
                $vars['customAlert'] = $notice;
            } else {
                self::$notice = $notice;
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

        return '<div class="alert alert-' . $type . ' creditbridge-notice" role="status"><strong>'
            . htmlspecialchars((string) ($notice['title'] ?? ''), ENT_QUOTES, 'UTF-8') . '</strong> '
            . htmlspecialchars((string) ($notice['message'] ?? ''), ENT_QUOTES, 'UTF-8') . '</div>';
    }
}
