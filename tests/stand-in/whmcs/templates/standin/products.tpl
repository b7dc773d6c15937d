{foreach $groups as $group}
<h2>{$group.name}</h2>
<div class="row">
  {foreach $group.products as $product}
  <div class="col-sm-4"><div class="panel panel-default product"><div class="panel-heading"><h3 class="panel-title">{$product.name}</h3></div><div class="panel-body">
    <p class="text-muted">{$product.description}</p>
    <form method="get" action="/cart.php"><input type="hidden" name="a" value="checkout"><input type="hidden" name="pid" value="{$product.id}">
      <div class="form-group"><select class="form-control" name="billingcycle">{foreach $product.cycles as $cycle => $price}<option value="{$cycle}">{$price} {$cycle}</option>{/foreach}</select></div>
      <button class="btn btn-success" type="submit">Order Now</button>
    </form>
  </div></div></div>
  {/foreach}
</div>
{/foreach}
