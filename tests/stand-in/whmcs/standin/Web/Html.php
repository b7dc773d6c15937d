<?php

declare(strict_types=1);

namespace StandIn\Web;

use StandIn\Platform\Currency;
use StandIn\Platform\Money;

/** Small pieces of HTML, everything escaped. */
final class Html
{
    private const STATUS_LABELS = [
        'Paid' => 'success', 'Active' => 'success', 'Unpaid' => 'danger', 'Suspended' => 'warning', 'Draft' => 'default',
        'Cancelled' => 'default', 'Refunded' => 'info', 'Collections' => 'warning', 'Payment Pending' => 'info',
    ];

    public static function text(mixed $value): string
    {
        return htmlspecialchars((string) $value, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
    }

    public static function label(string $status): string
    {
        $class = self::STATUS_LABELS[$status] ?? 'default';
        return "<span class=\"label label-$class\">" . self::text($status) . '</span>';
    }

    public static function money(string $amount, int $currencyId): string
    {
        return self::text(Currency::format(Money::parse($amount), $currencyId));
    }

    /** Dates of 0000-00-00 are absent. */
    public static function date(?string $date): string
    {
        return $date === null || str_starts_with($date, '0000') ? '-' : self::text($date);
    }

    /** @param array<string, string> $options Value to label. */
    public static function select(string $name, array $options, string $chosen): string
    {
        $html = '<select class="form-control" name="' . self::text($name) . '">';
        foreach ($options as $value => $label) {
            $selected = (string) $value === $chosen ? ' selected' : '';
            $html .= '<option value="' . self::text($value) . "\"$selected>" . self::text($label) . '</option>';
        }
        return $html . '</select>';
    }

    /**
     * @param list<string> $heads
     * @param list<list<string>> $rows Cells of safe HTML.
     */
    public static function table(array $heads, array $rows, string $empty = 'No Records Found'): string
    {
        $html = '<div class="table-responsive"><table class="table table-striped datatable"><thead><tr>';
        foreach ($heads as $head) {
            $html .= '<th>' . self::text($head) . '</th>';
        }
        $html .= '</tr></thead><tbody>';
        foreach ($rows as $row) {
            $html .= '<tr><td>' . implode('</td><td>', $row) . '</td></tr>';
        }
        if ($rows === []) {
            $html .= '<tr><td class="text-center text-muted" colspan="' . count($heads) . '">' . self::text($empty) . '</td></tr>';
        }
        return $html . '</tbody></table></div>';
    }
}
