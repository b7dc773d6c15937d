<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Command\Addition;
use WHMCS\Module\Addon\Creditbridge\Command\Ceilings;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Schema;

/**
 * How much commands may add to balances (Ceilings), with a form for each currency.
 */
final class CeilingsCard
{
    const LABELS = [
        'single' => 'In one addition',
        'client_daily' => 'To one client in a day',
        'hourly' => 'To all in an hour',
        'daily' => 'To all in a day',
    ];

    /** @param callable $button act, its text, the kind of button, hidden fields, other fields as HTML → a form */
    public static function html(callable $button): string
    {
        if (!Schema::isCurrent()) {
            return '';
        }
        Ceilings::makeAll();
        $forms = '';
        foreach (Ceilings::all() as $row) {
            $before = Addition::before((int) $row['currency_id'], Addition::ALL);
            $fields = '';
            foreach (self::LABELS as $name => $label) {
                $fields .= '<label>' . $label . ' <input type="text" name="' . $name . '" size="12" inputmode="decimal" value="'
                    . Html::escape(Hundredths::format((int) $row[$name . '_hundredths'])) . '" required></label> ';
            }
            $forms .= '<li><p><strong>' . Html::escape($row['code']) . '</strong> <span class="cb-quiet">added in the last hour '
                . Hundredths::format($before['hour']) . ', in the last day ' . Hundredths::format($before['day']) . '</span></p>'
                . $button('save-ceilings', 'Save', 'default', ['currency' => (string) $row['currency_id']], $fields) . '</li>';
        }
        $waiting = Ceilings::waiting();

        return Html::card('Ceilings for added credit', '<p class="cb-help">Whatever the service asks for, no more than this is'
            . ' added. What is above waits, and the admins are told; credit is still applied and removed. The first figures come'
            . ' from your credit log of the last year. The service cannot read or change them.</p>'
            . ($waiting === 0 ? '' : '<p>' . Html::status('warn', self::told($waiting)) . '</p>')
            . '<ul class="cb-notices">' . $forms . '</ul>');
    }

    /** What waits, in words. */
    public static function told(int $waiting): string
    {
        return ($waiting === 1 ? 'One addition of credit waits' : $waiting . ' additions of credit wait')
            . ' above a ceiling of the Connection page.';
    }
}
